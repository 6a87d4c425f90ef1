//! Zones and environments: what is in which.

use proptest::prelude::*;
use quarterdeck::cli::profile::profile;
use quarterdeck::config::{PlatformFile, Settings, Source, shipped};
use quarterdeck::platform::pattern::NamePattern;
use quarterdeck::platform::profile::{AutoscalerBounds, BackupSchedule, Profile};
use quarterdeck::platform::zone::{Exposure, LabelSelector, ZoneId, ZoneSpec, Zones};

fn reference() -> Profile {
    profile(&shipped::platform().expect("it parses"), &Settings::none()).expect("it is right")
}

fn described(platform: &str, settings: &str) -> Profile {
    let file = PlatformFile::parse(&Source::new("platform.toml", platform)).expect("it parses");
    let settings = Settings::parse(&Source::new("settings.toml", settings)).expect("it parses");
    profile(&file, &settings).expect("it is right")
}

fn zone(name: &str, namespaces: &[&str]) -> ZoneSpec {
    ZoneSpec {
        name: name.to_owned(),
        title: name.to_owned(),
        description: String::new(),
        exposure: Exposure::Internal,
        namespaces: namespaces.iter().map(|written| NamePattern::new(written)).collect(),
        namespace_selector: LabelSelector::default(),
        workload_selector: LabelSelector::default(),
    }
}

fn selector(labels: &[(&str, &str)]) -> LabelSelector {
    LabelSelector(labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

fn find<'l>(labels: &'l [(&'l str, &'l str)]) -> impl Fn(&str) -> Option<&'l str> {
    move |wanted| labels.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value)
}

fn zone_name<'p>(zones: &'p Zones, namespace: &str) -> Option<&'p str> {
    let zone = zones.zone_of(namespace, &|_| None, &|_| None)?;
    zones.get(zone).map(|zone| zone.name.as_str())
}

#[test]
fn the_reference_platform_has_its_zones() {
    let profile = reference();
    let names: Vec<&str> = profile.zones.iter().map(|(_, zone)| zone.name.as_str()).collect();
    assert_eq!(names, ["public", "application", "data", "storage", "monitoring", "security", "system"]);
    for (namespace, zone) in [
        ("ingress-nginx", Some("public")),
        ("production", Some("application")),
        ("dev", Some("application")),
        ("postgresql-ha", Some("data")),
        ("redis", Some("data")),
        ("minio-tenant", Some("storage")),
        ("oncall", Some("monitoring")),
        ("trivy-system", Some("security")),
        ("kube-system", Some("system")),
        ("gitlab-runner", Some("system")),
        ("default", None),
        ("kubernetes", None),
        ("", None),
    ] {
        assert_eq!(zone_name(&profile.zones, namespace), zone, "{namespace}");
    }
}

#[test]
fn the_reference_platform_has_its_promises() {
    let profile = reference();
    assert_eq!(profile.objectives.monthly_downtime_seconds(), Some(2_592));
    assert_eq!(profile.objectives.recovery_time_seconds, Some(4 * 3_600));
    assert_eq!(profile.objectives.recovery_point_seconds, Some(15 * 60));
    assert_eq!(profile.retention.metrics_seconds, Some(30 * 86_400));
    assert_eq!(profile.retention.metrics_long_term_seconds, Some(365 * 86_400));
    assert_eq!(profile.retention.logs_seconds, Some(31 * 86_400));
    let schedules: Vec<_> =
        profile.backups.iter().map(|policy| (policy.name.as_str(), policy.schedule)).collect();
    assert_eq!(
        schedules,
        [
            ("postgresql", BackupSchedule::Every(6 * 3_600)),
            ("cluster", BackupSchedule::Every(86_400)),
            ("object storage", BackupSchedule::Replicated),
        ]
    );
    let expected = profile.expectation_of("production", "backend-rust").expect("an expectation");
    assert_eq!(expected.autoscaler, Some(AutoscalerBounds { minimum: 2, maximum: 10 }));
    assert!(expected.anti_affinity);
    assert!(profile.expectation_of("dev", "backend-rust").is_none());
    assert_eq!(profile.runbooks_for("PostgreSQLReplicationLagHigh").count(), 1);
}

#[test]
fn what_production_leans_on_is_production() {
    let environments = reference().environments;
    for namespace in
        ["production", "data", "postgresql-ha", "storage", "velero", "kube-system", "ingress-nginx"]
    {
        assert!(environments.is_production("any", namespace), "{namespace}");
    }
    for namespace in ["staging", "dev", "default", "shop"] {
        assert!(!environments.is_production("any", namespace), "{namespace}");
    }
    let production = environments.environment_of("any", "production").and_then(|id| environments.get(id));
    let production = production.expect("an environment");
    assert!(production.default_deny);
    assert_eq!(production.badge, "PROD");
    assert_eq!(environments.environment_of("any", "shop"), None);
}

#[test]
fn a_context_can_be_an_environment() {
    let platform = "name = \"p\"\n[[environment]]\nname = \"live\"\nproduction = true\ncontexts = [\"prod-*\"]\n\
                    [[environment]]\nname = \"test\"\nnamespaces = [\"test-*\"]\n\
                    [[environment]]\nname = \"here\"\nnamespaces = [\"test-1\"]\ncontexts = [\"prod-eu\"]\n";
    let environments = described(platform, "[context.kind]\nenvironment = \"test\"\n").environments;
    let name = |context, namespace| {
        let id = environments.environment_of(context, namespace)?;
        environments.get(id).map(|environment| environment.name.as_str())
    };
    assert_eq!(name("prod-eu", "shop"), Some("live"));
    assert_eq!(name("prod-eu", "test-2"), Some("test"), "a namespace says more than a context");
    assert_eq!(name("prod-eu", "test-1"), Some("here"), "an exact name says more than a pattern");
    assert_eq!(name("prod-us", "test-1"), Some("test"), "not in that context");
    assert_eq!(name("lab", "shop"), None);
    assert_eq!(name("kind", "shop"), Some("test"), "the settings fix the whole context");
}

#[test]
fn settings_must_name_an_environment_of_the_profile() {
    let text = "[context.kind]\nenvironment = \"prodution\"\n";
    let settings = Settings::parse(&Source::new("settings.toml", text)).expect("it parses");
    let problems = profile(&shipped::platform().expect("it parses"), &settings).expect_err("it is wrong");
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["settings.toml:2:15: unknown environment `prodution` (did you mean `production`?)"]);
}

#[test]
fn the_nearer_claim_decides() {
    let mut by_workload = zone("by-workload", &[]);
    by_workload.workload_selector = selector(&[("zone", "edge"), ("tier", "web")]);
    let mut by_namespace = zone("by-namespace", &[]);
    by_namespace.namespace_selector = selector(&[("zone", "edge")]);
    let specs = vec![zone("glob", &["shop-*"]), zone("exact", &["shop-eu"]), by_namespace, by_workload];
    let zones = Zones::new(specs).expect("few zones");
    let of = |namespace, of_namespace: &[(&str, &str)], of_workload: &[(&str, &str)]| {
        zones.zone_of(namespace, &find(of_namespace), &find(of_workload)).map(|zone| zone.0)
    };
    let (edge, web) = ([("zone", "edge")], [("zone", "edge"), ("tier", "web")]);
    assert_eq!(of("shop-us", &[], &[]), Some(0));
    assert_eq!(of("shop-eu", &[], &[]), Some(1));
    assert_eq!(of("shop-eu", &edge, &[]), Some(2));
    assert_eq!(of("shop-eu", &edge, &web), Some(3));
    assert_eq!(of("shop-eu", &edge, &edge), Some(2), "every label of a selector has to be there");
    assert_eq!(of("shop", &[], &[]), None);
}

#[test]
fn of_equal_claims_the_first_declared_has_it() {
    let zones = Zones::new(vec![zone("one", &["a*"]), zone("other", &["*a", "*"])]).expect("few zones");
    assert_eq!(zone_name(&zones, "aa"), Some("one"));
    assert_eq!(zone_name(&zones, "ba"), Some("other"));
}

#[test]
fn there_is_a_limit_to_zones() {
    let zones = (0..=ZoneId::LIMIT).map(|number| zone(&number.to_string(), &["*"])).collect();
    assert!(Zones::new(zones).is_err());
}

/// What a pattern means, written as plainly as can be.
fn matches_plainly(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skipped| matches_plainly(rest, &name[skipped..])),
        Some((byte, rest)) => name.first() == Some(byte) && matches_plainly(rest, &name[1..]),
    }
}

proptest! {
    #[test]
    fn patterns_mean_what_they_say(pattern in "[ab*]{0,8}", name in "[ab]{0,10}") {
        let expected = matches_plainly(pattern.as_bytes(), name.as_bytes());
        prop_assert_eq!(NamePattern::new(&pattern).matches(&name), expected);
    }

    #[test]
    fn a_namespace_is_in_at_most_one_zone_and_always_the_same(
        patterns in proptest::collection::vec(proptest::collection::vec("[ab*]{1,4}", 0..3), 0..6),
        namespace in "[ab]{1,6}",
    ) {
        let specs: Vec<ZoneSpec> = patterns
            .iter()
            .enumerate()
            .map(|(number, written)| zone(&number.to_string(), &written.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        let claims = |zone: &ZoneSpec, exactly: bool| {
            zone.namespaces.iter().any(|pattern| pattern.is_exact() == exactly && pattern.matches(&namespace))
        };
        let expected = specs
            .iter()
            .position(|zone| claims(zone, true))
            .or_else(|| specs.iter().position(|zone| claims(zone, false)));
        let zones = Zones::new(specs.clone()).expect("few zones");
        let found = zones.zone_of(&namespace, &|_| None, &|_| None);
        prop_assert_eq!(found.map(|zone| usize::from(zone.0)), expected);
        prop_assert_eq!(zones.zone_of(&namespace, &|_| None, &|_| None), found);
    }

    #[test]
    fn the_reference_platform_answers_for_every_namespace(namespace in "[a-z0-9*-]{0,20}") {
        let profile = reference();
        let zone = profile.zones.zone_of(&namespace, &|_| None, &|_| None);
        prop_assert!(zone.is_none_or(|zone| profile.zones.get(zone).is_some()));
    }
}
