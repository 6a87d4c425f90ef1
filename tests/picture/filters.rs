//! What people type to find rows.

use proptest::prelude::*;
use quarterdeck::picture::Names;
use quarterdeck::picture::columns::{Filter, Matcher};
use quarterdeck::picture::model::{PodRow, WorkloadRow};
use quarterdeck::platform::object::{Kind, Symbol};
use quarterdeck::platform::workload::Health;

use super::rows::{labels, owner, pod, workload};

fn backend() -> PodRow {
    PodRow {
        labels: labels(&[("app", "backend"), ("tier", "front")]),
        node: Some(Symbol::from("worker-1.example.internal")),
        workload: Some(owner(Kind::Deployment, "backend-rust")),
        images: std::sync::Arc::from([Symbol::from("registry:5000/team/backend:v1.2")]),
        ip: "10.1.2.3".parse().ok(),
        status: Symbol::from("CrashLoopBackOff"),
        ready: 1,
        containers: 2,
        restarts: 5,
        ..pod(1, "production", "backend-rust-7f9d8c6b5-x2k4q")
    }
}

fn named(name: &str) -> PodRow {
    pod(1, "default", name)
}

#[track_caller]
fn matches(filter: &str, row: &PodRow) -> bool {
    let filter = Filter::parse::<PodRow>(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    Matcher::default().matches(&filter, row, &Names::default())
}

#[test]
fn words_find_rows() {
    let row = backend();
    for filter in [
        "backend",
        "rust",
        "BackEnd-rust-7f9d8c6b5-x2k4q".to_lowercase().as_str(),
        "prod",
        "production backend",
        "prod/back",
        "production/",
        "/",
        "crash",
        "CrashLoop",
        "clbo",
        "worker-1",
        "example.internal",
        "br",
        "brust",
        "bakend",
        "backnd rust",
        "x2k4q",
        "b-rust",
        "!frontend",
        "!frontend prod",
        "!prod/front",
        "/^backend-.*-x/",
        "/^production/back/",
        "/^CrashLoopBackOff$/",
        "!/staging/",
        "/back|front/",
        "-l app=backend",
        "-l app==backend",
        "-l app",
        "-l app=back*",
        "-l !canary",
        "-l app!=web",
        "-l canary!=yes",
        "-lapp=backend,tier=front",
        "-l app=backend prod",
        "-l !app=web",
        "status=crashloopbackoff",
        "status=Crash*",
        "status!=Running",
        "!status=Running",
        "namespace=production",
        "name=*-rust-*",
        "restarts=5",
        "ready=1/2",
        "ip=10.1.2.3",
        "tag=v1.2",
        "image=registry:5000/team/backend",
        "owner=backend-rust",
        "zone=unzoned",
        "node=/worker-[0-9]/",
        "node=/^worker/",
        "!node=/^master/",
        "node!=/^master/",
        "restarts>4",
        "restarts>=5",
        "restarts<=5",
        "restarts<6",
        "!restarts>5",
        "node=*",
    ] {
        assert!(matches(filter, &row), "`{filter}` finds it");
    }
    for filter in [
        "frontend",
        "staging",
        "prod/front",
        "stage/back",
        "backend staging",
        "kcab",
        "prbknd",
        "BACKEND",
        "!backend",
        "!BACKEND",
        "!crash",
        "!prod/back",
        "!production/backend",
        "/^rust/",
        "!/backend/",
        "/Backend/",
        "-l app=web",
        "-l canary",
        "-l !app",
        "-l app!=backend",
        "-l app=backend,tier=back",
        "-l app=BACKEND",
        "status=crash",
        "status=Running",
        "status!=CrashLoopBackOff",
        "name=backend",
        "restarts=50",
        "restarts>5",
        "restarts<5",
        "restarts>=6",
        "!restarts=5",
        "node!=*",
        "node=/^worker$/",
        "zone=data",
    ] {
        assert!(!matches(filter, &row), "`{filter}` does not find it");
    }
}

#[test]
fn what_is_missing_is_like_nothing() {
    let row = named("web");
    for filter in ["node!=worker-1", "node!=*", "!node=*", "!ip=/./", "owner!=web"] {
        assert!(matches(filter, &row), "`{filter}` finds it");
    }
    for filter in ["node=*", "ip=/./", "tag=*"] {
        assert!(!matches(filter, &row), "`{filter}` does not find it");
    }
}

#[test]
fn an_unfinished_word_matches_everything() {
    for filter in [
        "",
        " ",
        "!",
        "/",
        "!/",
        "-l",
        "-l ",
        "-l app=",
        "-l !",
        "-l app!=",
        "-l ,",
        "status=",
        "status!=",
        "status=/",
        "restarts>",
        "restarts>=",
        "node==",
        "//",
    ] {
        assert!(matches(filter, &named("web")), "`{filter}`");
    }
}

#[test]
fn an_expression_may_have_blanks() {
    let mut row = backend();
    row.status = Symbol::from("Waiting for a node");
    assert!(matches("/waiting for/ backend", &row));
    assert!(matches("status=/for a node$/ prod", &row));
    assert!(!matches("/waiting  for/", &row));
    assert!(matches(r"/for\sa\Snode|for\sa\snode/", &row), "a class is no upper-case letter");
    assert!(matches(r"/production\/backend/ !staging", &row));
}

#[test]
fn scattered_letters_find_nothing() {
    const NAMES: [&str; 14] = [
        "bitnami-rabbitmq-exporter-nodekube-d",
        "web-frontend-6c8d7f5b49-zx8wq",
        "kube-controller-manager-master-0",
        "prometheus-kube-prometheus-operator-5d4f8b7c6-lq2xw",
        "ingress-nginx-controller-7b9c6d5f48-mn4tz",
        "cert-manager-cainjector-6d8f7b9c54-ptw5s",
        "worker-edge-backup-28f9c",
        "new-entry-board-7d9fb8c6d4-5wkxb",
        "alertmanager-main-0",
        "calico-kube-controllers-5b9d7c8f6-4hwxz",
        "postgresql-ha-pgpool-8c7d6f5b4-vkzlm",
        "blackbox-exporter-6f9d8b7c5-wk2nd",
        "node-local-dns-8x7kd",
        "grafana-image-renderer-d5c8b7f96-kbnd2",
    ];
    let found = |word: &str| NAMES.into_iter().filter(|name| matches(word, &named(name))).collect::<Vec<_>>();
    assert!(found("backend").is_empty(), "{:?}", found("backend"));
    assert_eq!(found("web"), [NAMES[1], NAMES[6]], "what is so called, and what has these initials");
    assert_eq!(found("redis"), [""; 0]);
    assert_eq!(found("api"), [""; 0]);
    assert_eq!(found("operator"), [NAMES[3]]);
    assert_eq!(found("nginx"), [NAMES[4]]);
    assert_eq!(found("kcm"), [NAMES[2]], "the beginnings of its words");
    assert_eq!(found("pgpool"), [NAMES[10]]);
    assert_eq!(found("alertmgr"), [NAMES[8]]);
    assert_eq!(found("ingrss"), [NAMES[4]], "a letter was left out");
    assert_eq!(found("bbexp"), [NAMES[11]; 0], "the second b begins no word");
    assert_eq!(found("blackexp"), [NAMES[11]]);
}

#[test]
fn what_is_wrong_is_said_with_what_is_near() {
    let error = |filter: &str| Filter::parse::<PodRow>(filter).expect_err(filter).to_string();
    assert_eq!(error("stauts=Running"), "there is no column `stauts`; did you mean `status`?");
    assert_eq!(error("nod=worker"), "there is no column `nod`; did you mean `node`?");
    assert_eq!(error("!restart>5"), "there is no column `restart`; did you mean `restarts`?");
    assert_eq!(error("app=web"), "there is no column `app`; for a label write `-l app=…`");
    assert_eq!(error("age>1h"), "`age` is no count, so it can't be more or less than one");
    assert_eq!(error("restarts>many"), "`restarts` is compared with whole numbers, not with `many`");
    assert_eq!(error("-l =web"), "-l takes label=value, label!=value, label or !label, with commas between");
    assert!(error("/(/").starts_with("`/(/` is no regular expression: "), "{}", error("/(/"));
    assert!(error("status=/[/").contains("is no regular expression"));
    assert!(Filter::parse::<PodRow>("/(a{1000}){1000}/").is_err(), "what would take too much memory");
}

#[test]
fn workloads_are_found_by_their_own_words() {
    let row = workload(1, "production", "backend-rust", Health::Degraded);
    let matches = |filter: &str| {
        let filter = Filter::parse::<WorkloadRow>(filter).expect("a filter");
        Matcher::default().matches(&filter, &row, &Names::default())
    };
    for filter in [
        "backend",
        "deployment",
        "degraded",
        "health=degraded",
        "kind=Deployment",
        "updated>2",
        "available<3",
        "ready=2/3",
    ] {
        assert!(matches(filter), "`{filter}` finds it");
    }
    for filter in ["statefulset", "health=healthy", "updated>3", "!degraded"] {
        assert!(!matches(filter), "`{filter}` does not find it");
    }
}

#[test]
fn filters_are_equal_by_their_text() {
    let filter = |text| Filter::parse::<PodRow>(text).expect("a filter");
    assert_eq!(filter("backend"), filter("backend"));
    assert_ne!(filter("backend"), filter("backend "));
    assert!(filter(" ! ").is_empty());
    assert_eq!(filter(" web").text(), " web");
}

proptest! {
    #[test]
    fn a_part_of_a_name_finds_it(name in "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", from in 0usize..32, length in 1usize..32) {
        let part: String = name.chars().skip(from % name.len()).take(length).collect();
        prop_assume!(!part.starts_with("-l"));
        prop_assert!(matches(&part, &named(&name)), "`{}` in {}", part, name);
    }

    #[test]
    fn a_word_whose_letters_are_not_there_finds_nothing(name in "[a-y-]{1,40}", word in "[a-y]{0,5}z[a-y]{0,5}") {
        let row = PodRow { namespace: Symbol::from("n"), status: Symbol::from(""), ..named(&name) };
        prop_assert!(!matches(&word, &row));
    }

    #[test]
    fn any_text_is_a_filter_or_an_error(text in "\\PC{0,24}", typed in "[-!/=<>,*l a-c\\\\(]{0,16}") {
        for text in [text, typed] {
            if let Ok(filter) = Filter::parse::<PodRow>(&text) {
                Matcher::default().matches(&filter, &backend(), &Names::default());
                Matcher::default().matches(&filter, &named(&text), &Names::default());
            }
        }
    }

    #[test]
    fn long_and_hostile_names_are_no_burden(name in "(a|b|-|é){0,300}", word in "[ab-]{1,40}") {
        prop_assume!(!word.starts_with("-l"));
        matches(&word, &named(&name));
    }
}
