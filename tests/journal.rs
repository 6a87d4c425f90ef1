//! The journal: what is on record, whatever happens to the console.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;

use quarterdeck::journal::{
    Actor, Entry, Format, Intent, IntentId, Journal, OutcomeRecord, SubjectRecord, Undo, Verdict, render,
};
use quarterdeck::platform::object::{Kind, ObjectReference, Uid};
use quarterdeck::platform::time::Instant;
use serde_json::json;

const UID: &str = "6f1c2d3e-0000-4000-8000-000000000001";

fn subject() -> SubjectRecord {
    SubjectRecord {
        cluster: "demo".to_owned(),
        group: "apps".to_owned(),
        kind: "Deployment".to_owned(),
        namespace: "production".to_owned(),
        name: "backend-rust".to_owned(),
        uid: Some(UID.to_owned()),
    }
}

fn object(uid: &str) -> ObjectReference {
    ObjectReference {
        cluster: "demo".into(),
        kind: Kind::Deployment,
        namespace: "production".into(),
        name: "backend-rust".into(),
        uid: Some(Uid::parse(uid)),
    }
}

fn intent(at: i64) -> Intent {
    let at = Instant::from_seconds(at);
    Intent {
        id: IntentId::fresh(at),
        at,
        who: Actor {
            user: "anna".to_owned(),
            host: "bastion".to_owned(),
            origin: Some("192.0.2.7".to_owned()),
            server_user: Some("anna@example.org".to_owned()),
        },
        context: "demo".to_owned(),
        server: "https://192.0.2.1:6443".to_owned(),
        action: "workload.scale".to_owned(),
        arguments: BTreeMap::from([("replicas".to_owned(), "5".to_owned())]),
        subject: subject(),
        reason: Some("traffic | spike".to_owned()),
        before: BTreeMap::from([("replicas".to_owned(), json!(3))]),
        preflight: Vec::new(),
    }
}

fn outcome(intent: &Intent, result: Verdict, from: u32, to: u32) -> OutcomeRecord {
    OutcomeRecord {
        id: intent.id.clone(),
        at: intent.at,
        result,
        message: "5 of 5 ready".to_owned(),
        after: BTreeMap::from([("replicas".to_owned(), json!(from))]),
        undo: Some(Undo {
            subject: subject(),
            field: "replicas".to_owned(),
            from: json!(from),
            to: json!(to),
        }),
    }
}

fn printed(journal: &Journal, format: Format) -> String {
    let mut out = Vec::new();
    render(&journal.read().unwrap(), format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_empty_state_folder_has_an_empty_journal_and_gets_no_file_by_reading() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path().join("state"));
    assert!(journal.read().unwrap().operations.is_empty());
    assert!(!journal.path().exists());
}

#[test]
fn the_file_is_for_its_owner_alone_and_entries_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path().join("state"));
    let intent = intent(1_700_000_000);
    let outcome = outcome(&intent, Verdict::Reached, 5, 3);
    journal.append(&Entry::Intent(Box::new(intent.clone()))).unwrap();
    journal.append(&Entry::Outcome(Box::new(outcome.clone()))).unwrap();
    assert_eq!(fs::metadata(journal.path()).unwrap().permissions().mode() & 0o777, 0o600);
    let history = journal.read().unwrap();
    assert_eq!(history.unreadable, 0);
    assert_eq!(history.operations.len(), 1);
    assert_eq!(history.operations[0].intent, intent);
    assert_eq!(history.operations[0].outcome, Some(outcome));
}

#[test]
fn an_intent_without_an_outcome_is_unfinished_on_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let intent = intent(1_700_000_000);
    Journal::in_folder(folder.path()).append(&Entry::Intent(Box::new(intent.clone()))).unwrap();
    let next_start = Journal::in_folder(folder.path());
    let unfinished = next_start.unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].intent.id, intent.id);
    assert!(printed(&next_start, Format::Text).contains("unfinished"));
}

#[test]
fn the_last_outcome_of_an_operation_holds() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    let intent = intent(1_700_000_000);
    journal.append(&Entry::Intent(Box::new(intent.clone()))).unwrap();
    journal.append(&Entry::Outcome(Box::new(outcome(&intent, Verdict::Applied, 5, 3)))).unwrap();
    journal.append(&Entry::Outcome(Box::new(outcome(&intent, Verdict::Stuck, 5, 3)))).unwrap();
    let history = journal.read().unwrap();
    assert_eq!(history.operations[0].outcome.as_ref().unwrap().result, Verdict::Stuck);
}

#[test]
fn a_line_torn_by_a_crash_neither_hides_the_others_nor_swallows_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    journal.append(&Entry::Intent(Box::new(intent(1_700_000_000)))).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(journal.path()).unwrap();
    file.write_all(br#"{"record":"intent","id":"00"#).unwrap();
    assert_eq!(journal.read().unwrap().operations.len(), 1);
    assert_eq!(journal.read().unwrap().unreadable, 1);
    journal.append(&Entry::Intent(Box::new(intent(1_700_000_060)))).unwrap();
    let history = journal.read().unwrap();
    assert_eq!((history.operations.len(), history.unreadable), (2, 1));
}

#[test]
fn consoles_that_append_at_the_same_time_don_t_mix_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for console in 0..4 {
            let journal = Journal::in_folder(folder.path());
            scope.spawn(move || {
                for line in 0..10 {
                    journal.append(&Entry::Intent(Box::new(intent(console * 1000 + line)))).unwrap();
                }
            });
        }
    });
    let history = Journal::in_folder(folder.path()).read().unwrap();
    assert_eq!((history.operations.len(), history.unreadable), (40, 0));
}

#[test]
fn the_latest_undo_is_that_of_the_last_change_that_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    for (at, verdict, from, to) in
        [(1, Verdict::Reached, 5, 3), (2, Verdict::Stuck, 9, 5), (3, Verdict::Failed, 1, 9)]
    {
        let intent = intent(at);
        journal.append(&Entry::Intent(Box::new(intent.clone()))).unwrap();
        let mut outcome = outcome(&intent, verdict, from, to);
        if verdict == Verdict::Failed {
            outcome.undo = None;
        }
        journal.append(&Entry::Outcome(Box::new(outcome))).unwrap();
    }
    let history = journal.read().unwrap();
    assert_eq!(history.latest_undo(&object(UID)).unwrap().from, json!(9));
    let recreated = object("6f1c2d3e-0000-4000-8000-000000000002");
    assert_eq!(history.latest_undo(&recreated), None);
}

#[test]
fn it_prints_as_text_json_and_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    let intent = intent(1_700_000_000);
    journal.append(&Entry::Intent(Box::new(intent.clone()))).unwrap();
    journal.append(&Entry::Outcome(Box::new(outcome(&intent, Verdict::Reached, 5, 3)))).unwrap();

    let text = printed(&journal, Format::Text);
    assert!(text.contains("2023-11-14T22:13:20Z  reached"), "{text}");
    assert!(text.contains("workload.scale deployment/production/backend-rust replicas=5 in demo"), "{text}");
    assert!(text.contains("anna@bastion from 192.0.2.7 as anna@example.org"), "{text}");
    assert!(text.contains("replicas 3 → 5"), "{text}");

    let json: serde_json::Value = serde_json::from_str(&printed(&journal, Format::Json)).unwrap();
    assert_eq!(json["operations"][0]["state"], "reached");
    assert_eq!(json["operations"][0]["intent"]["subject"]["uid"], UID);

    let markdown = printed(&journal, Format::Markdown);
    assert!(markdown.contains("traffic \\| spike"), "{markdown}");
}

#[test]
fn nothing_on_record_steers_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::in_folder(folder.path());
    let mut hostile = intent(1);
    hostile.reason = Some("\u{1b}[2J\u{9b}31m\u{202e}x".to_owned());
    journal.append(&Entry::Intent(Box::new(hostile))).unwrap();
    for format in [Format::Text, Format::Markdown, Format::Json] {
        let shown = printed(&journal, format);
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{format:?}: {shown:?}");
    }
}

#[test]
fn a_folder_that_can_t_be_made_is_named_in_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("occupied");
    fs::write(&file, b"").unwrap();
    let journal = Journal::in_folder(file.join("state"));
    let error = journal.append(&Entry::Intent(Box::new(intent(1)))).unwrap_err();
    assert!(error.to_string().contains("occupied"), "{error}");
}
