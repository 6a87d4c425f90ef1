//! The commands that need a cluster, on the embedded platform.

use quarterdeck::platform::time::Instant;
use serde_json::Value;

use crate::support::home::Home;
use crate::support::kubeconfig;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_snapshot_of_pods_as_json_has_typed_values() {
    let printed = Home::new().run(&["snapshot", "pods", "--demo", "--format", "json"]).with_status(0).out;
    let snapshot = parsed(&printed);
    assert_eq!(keys(&snapshot), ["context", "pane", "rows", "sources"]);
    assert_eq!(snapshot["pane"], "pods");
    assert_eq!(snapshot["context"], "demo");
    let sources = snapshot["sources"].as_array().unwrap();
    for source in sources {
        assert_eq!(keys(source), ["detail", "name", "since", "state"]);
    }
    let pods = sources.iter().find(|source| source["name"] == "pods").unwrap();
    assert_eq!(pods["state"], "live");
    let rows = snapshot["rows"].as_array().unwrap();
    assert!(rows.len() > 50, "{} rows", rows.len());
    for row in rows {
        for column in ["namespace", "name", "status"] {
            assert!(row[column].is_string(), "{column} of {row}");
        }
        let (ready, all) = row["ready"].as_str().unwrap().split_once('/').unwrap();
        assert!(ready.parse::<u32>().unwrap() <= all.parse::<u32>().unwrap(), "{row}");
        assert!(row["restarts"].is_u64(), "{row}");
        assert!(row["node"].is_string() || row["node"].is_null(), "{row}");
        assert!(Instant::parse(row["age"].as_str().unwrap()).is_some(), "{row}");
    }
    assert!(rows.iter().any(|row| row["name"] == "postgresql-0" && row["namespace"] == "data"));
}

#[test]
fn snapshots_of_the_other_panes_have_rows_too() {
    let home = Home::new();
    let zones = parsed(&home.run(&["snapshot", "zones", "--demo", "--format", "json"]).with_status(0).out);
    let names: Vec<&str> =
        zones["rows"].as_array().unwrap().iter().filter_map(|row| row["zone"].as_str()).collect();
    for zone in ["public", "application", "data", "storage", "monitoring", "security", "system"] {
        assert!(names.contains(&zone), "{zone} is not among {names:?}");
    }
    let workloads =
        parsed(&home.run(&["snapshot", "workloads", "--demo", "--format", "json"]).with_status(0).out);
    assert!(workloads["rows"].as_array().unwrap().iter().any(|row| row["name"] == "backend-rust"));
}

#[test]
fn a_snapshot_is_narrowed_by_filter_and_namespace() {
    let home = Home::new();
    let arguments = ["snapshot", "pods", "--demo", "--format", "json", "--filter", "-l !nonsense redis"];
    let rows = parsed(&home.run(&arguments).with_status(0).out)["rows"].clone();
    let rows = rows.as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["name"].as_str().unwrap().contains("redis")));
    let arguments = ["snapshot", "pods", "--demo", "--format", "json", "-n", "data"];
    let rows = parsed(&home.run(&arguments).with_status(0).out)["rows"].clone();
    assert!(rows.as_array().unwrap().iter().all(|row| row["namespace"] == "data"));
}

#[test]
fn a_snapshot_as_text_has_the_size_that_was_asked_for() {
    let arguments = ["snapshot", "zones", "--demo", "--size", "120x40"];
    let text = Home::new().run(&arguments).with_status(0).out;
    assert_eq!(text.lines().count(), 40);
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    assert!(!text.contains('\x1b'));
    assert!(text.contains("1 Zones") && text.contains("application"), "{text}");
}

#[test]
fn a_snapshot_in_ascii_has_nothing_else() {
    let arguments = ["snapshot", "workloads", "--demo", "--ascii", "--size", "100x30"];
    let text = Home::new().run(&arguments).with_status(0).out;
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn a_snapshot_with_colours_draws_the_same_screen() {
    let home = Home::new();
    let arguments = ["snapshot", "pods", "--demo", "--churn", "0", "--size", "100x30", "--format", "ansi"];
    let coloured = home.run(&arguments).with_status(0).out;
    assert!(coloured.contains("\x1b[0;"), "there are no colours");
    let mut parser = vt100::Parser::new(30, 100, 0);
    parser.process(coloured.trim_end_matches('\n').replace('\n', "\r\n").as_bytes());
    let contents = parser.screen().contents();
    assert!(contents.contains("NAMESPACE") && contents.contains("redis-0"), "{contents}");
    let plain = home.run(&[&arguments[..], &["--no-color"]].concat()).with_status(0).out;
    assert!(!plain.contains("38;"), "there are colours");
}

#[test]
fn a_snapshot_as_a_picture_is_svg() {
    let arguments = ["snapshot", "zones", "--demo", "--size", "80x24", "--format", "svg"];
    let picture = Home::new().run(&arguments).with_status(0).out;
    assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(picture.trim_end().ends_with("</svg>"));
    assert_eq!(picture.matches("<text ").count(), picture.matches("</text>").count());
}

#[test]
fn an_unreachable_server_ends_a_snapshot_and_the_doctor_with_4() {
    let home = Home::new();
    let path = kubeconfig::named(home.path(), "far", "far", "server: \"http://127.0.0.1:1\"", "");
    let path = path.to_str().unwrap();
    let ended = home.run(&["snapshot", "pods", "--format", "json", "--kubeconfig", path]);
    let ended = ended.with_status(4).says("127.0.0.1:1");
    let snapshot = parsed(&ended.out);
    assert_eq!(snapshot["rows"], Value::Array(Vec::new()));
    assert_eq!(snapshot["sources"][0]["state"], "down");
    let ended = home.run(&["doctor", "--kubeconfig", path, "--timeout", "1"]).with_status(4);
    assert!(ended.out.contains("down") && ended.out.contains("http://127.0.0.1:1"), "{}", ended.out);
}

#[test]
fn the_doctor_lists_every_source() {
    const SOURCES: [&str; 8] = [
        "daemonsets",
        "deployments",
        "horizontalpodautoscalers",
        "namespaces",
        "nodes",
        "pods",
        "replicasets",
        "statefulsets",
    ];
    let home = Home::new();
    let text = home.run(&["doctor", "--demo"]).with_status(0).out;
    let report = parsed(&home.run(&["doctor", "--demo", "--format", "json"]).with_status(0).out);
    assert_eq!(report["context"], "demo");
    assert!(report["version"].as_str().unwrap().starts_with('v'));
    let sources = report["sources"].as_array().unwrap();
    for name in SOURCES {
        assert!(text.contains(name), "{text}");
        let source = sources.iter().find(|source| source["name"] == name).unwrap();
        assert_eq!((&source["state"], &source["permitted"]), (&"live".into(), &true.into()), "{source}");
        assert!(source["objects"].is_u64(), "{source}");
    }
}

const PAYLOAD: &str = "deployment/production/payload-cms";

#[test]
fn a_dry_run_shows_the_preflight_and_changes_nothing() {
    let home = Home::new();
    let ended =
        home.run(&["run", "--demo", "workload.scale", PAYLOAD, "replicas=3", "--dry-run"]).with_status(0);
    for line in ["Scale deployment/production/payload-cms in demo from 2 to 3 replicas", "access", "dry run"]
    {
        assert!(ended.out.contains(line), "{}", ended.out);
    }
    assert!(ended.out.contains("- replicas: 2\n  + replicas: 3"), "{}", ended.out);
    assert!(ended.out.contains("nothing was changed"), "{}", ended.out);
    assert_eq!(
        home.run(&["journal", "--format", "json"]).with_status(0).out.matches("payload-cms").count(),
        0
    );
}

#[test]
fn what_can_take_production_down_wants_its_name_typed() {
    let home = Home::new();
    let scale = ["run", "--demo", "workload.scale", PAYLOAD, "replicas=1"];
    home.run(&scale).with_status(3).says("pass --confirm demo/payload-cms");
    let with = |more: &[&'static str]| home.run(&[&scale[..], more].concat());
    with(&["--yes"]).with_status(3).says("--yes is not enough for this");
    with(&["--yes", "--confirm", "demo/payload"]).with_status(3).says("but this is `demo/payload-cms`");
    assert!(!home.run(&["journal", "--format", "json"]).with_status(0).out.contains("payload-cms"));

    let ended = with(&["--confirm", "demo/payload-cms", "reason=cost"]).with_status(0);
    assert!(ended.out.contains("reached: deployment/production/payload-cms"), "{}", ended.out);
    ended.says("to put it back: quarterdeck run workload.undo deployment/production/payload-cms");
    is_on_record(&home);
}

/// Checks the journal after the only change, in each format.
fn is_on_record(home: &Home) {
    let text = home.run(&["journal"]).with_status(0).out;
    for words in ["reached", "workload.scale", "payload-cms", "replicas 2 → 1", "cost", "anna"] {
        assert!(text.contains(words), "`{words}` is not in {text}");
    }
    let markdown = home.run(&["journal", "--format", "markdown"]).with_status(0).out;
    assert!(markdown.contains("payload-cms") && markdown.contains('|'), "{markdown}");
    let json = home.run(&["journal", "--format", "json"]).with_status(0).out;
    assert!(json.contains("\"payload-cms\""), "{json}");
    let kept = std::fs::read_to_string(home.path().join("state/quarterdeck/journal.jsonl")).unwrap();
    let entries: Vec<Value> = kept.lines().map(parsed).collect();
    assert!(entries.len() >= 2, "an intent and an outcome: {kept}");
    assert!(!kept.contains("token"), "{kept}");
}

#[test]
fn read_only_refuses_every_operation() {
    let home = Home::new();
    let scale = ["run", "--demo", "workload.scale", "deployment/staging/backend-rust", "replicas=3", "--yes"];
    home.run(&[&scale[..], &["--read-only"]].concat()).with_status(3).says("read-only");
    home.configure("settings.toml", "read_only = true\n");
    home.run(&scale).with_status(3).says("read-only");
    assert!(!home.path().join("state/quarterdeck/journal.jsonl").exists());
}

#[test]
fn wrong_usage_names_the_nearest_right_word() {
    let home = Home::new();
    let run = |action: &'static str, subject: &'static str, argument: &'static str| {
        home.run(&["run", "--demo", action, subject, argument, "--yes"])
    };
    let backend = "deployment/staging/backend-rust";
    run("workload.scal", backend, "replicas=3").with_status(2).says("did you mean `workload.scale`?");
    run("workload.scale", backend, "replica=3").with_status(2).says("did you mean `replicas`?");
    run("workload.scale", backend, "replicas=many").with_status(2).says("many");
    run("workload.scale", "thing/staging/backend-rust", "replicas=3").with_status(2).says("no kind `thing`");
    run("workload.scale", "backend-rust", "replicas=3").with_status(2).says("KIND/NAMESPACE/NAME");
    run("pane.open", backend, "pane=pods").with_status(2).says("for the screen");
    home.run(&["snapshot", "pdos", "--demo"]).with_status(2).says("did you mean `pods`?");
    home.run(&["snapshot", "pods", "--demo", "--size", "big"]).with_status(2).says("160x45");
    home.run(&["--nonsense"]).with_status(2).says("--nonsense");
}

#[test]
fn what_is_not_there_or_can_not_be_scaled_is_said() {
    let home = Home::new();
    let run = |subject: &'static str| {
        home.run(&["run", "--demo", "workload.scale", subject, "replicas=3", "--yes"])
    };
    run("deployment/staging/nobody").with_status(1).says("nobody");
    run("daemonset/kube-system/cilium").with_status(3).says("can't be scaled");
}
