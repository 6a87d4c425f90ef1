//! Plays a case against a server, and gives what came back of each step.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::{Value, json};

use super::case::{Case, Step};
use super::show::{self, Names};
use super::target::Target;
use super::watches::Watch;
use super::wire;

/// Between two looks at something that tells nobody when it changes.
const LOOK: Duration = Duration::from_millis(50);
/// What a server makes in each new namespace, so that pods can be made there.
const ACCOUNT: &str = "serviceaccounts/default";

/// Plays all steps, one after the other; what fails in one is what came back of it.
pub async fn play(case: &Case, target: &Target) -> Vec<String> {
    let mut player =
        Player { target, names: Names::default(), bodies: BTreeMap::new(), watches: BTreeMap::new() };
    player.names.set("ns", case.namespace());
    player.prepare(&case.namespace()).await;
    let mut answers = Vec::new();
    for step in &case.steps {
        answers.push(player.play(step).await);
    }
    answers
}

/// The state between the steps of a case.
struct Player<'a> {
    target: &'a Target,
    names: Names,
    /// Whole bodies that were saved.
    bodies: BTreeMap<String, Vec<u8>>,
    watches: BTreeMap<String, Watch>,
}

/// An answer that has come whole.
struct Answer {
    code: u16,
    content_type: String,
    warnings: Vec<String>,
    body: Vec<u8>,
}

impl Player<'_> {
    /// Makes the case's namespace, and waits until the server has filled it.
    async fn prepare(&self, namespace: &str) {
        let manifest = json!({ "metadata": { "name": namespace } }).to_string();
        let request = self.target.request("POST", "/api/v1/namespaces", "admin");
        let made = request.header("content-type", "application/json").body(manifest).send().await.unwrap();
        if made.status().as_u16() != 201 {
            return;
        }
        let path = format!("/api/v1/namespaces/{namespace}/{ACCOUNT}");
        let deadline = Instant::now() + self.target.patience();
        while Instant::now() < deadline {
            let answer = self.target.request("GET", &path, "admin").send().await.unwrap();
            if answer.status().as_u16() == 200 {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn play(&mut self, step: &Step) -> String {
        let lines = match step.verb.as_str() {
            "WATCH" => self.open_watch(step).await,
            "EVENTS" => self.events(step).await,
            _ => self.ask(step).await,
        };
        lines.join("\n")
    }

    /// Sends the request, again and again where something has to come true.
    async fn ask(&mut self, step: &Step) -> Vec<String> {
        let deadline = Instant::now() + self.target.patience();
        loop {
            let answer = Answer::read(self.send(step, &step.rest).await).await;
            let value = answer.json();
            let fulfilled = step.until.as_ref().is_none_or(|(path, wanted)| {
                let found = match path.as_str() {
                    "code" => answer.code.to_string(),
                    path => show::plain(&show::find(&value, path)),
                };
                found == self.names.fill(wanted)
            });
            if fulfilled || Instant::now() > deadline {
                self.save(step, &answer, &value);
                let mut lines = answer.head(&self.names);
                if !fulfilled {
                    lines.push("(never came true)".to_owned());
                }
                lines.extend(answer.shown(step, &value, &self.names));
                return lines;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn send(&self, step: &Step, path: &str) -> Response {
        let method = if step.verb == "WATCH" { "GET" } else { &step.verb };
        let user = step.user.as_deref().unwrap_or("admin");
        let mut request = self.target.request(method, &self.names.fill(path), user);
        for (name, value) in &step.headers {
            request = request.header(name, self.names.fill(value));
        }
        let body = match step.body.trim().strip_prefix('@') {
            Some(name) => self.bodies.get(name).cloned().unwrap_or_default(),
            None => self.names.fill(&step.body).into_bytes(),
        };
        if !body.is_empty() {
            request = request.body(body);
        }
        request.send().await.unwrap()
    }

    fn save(&mut self, step: &Step, answer: &Answer, value: &Value) {
        for (name, path) in &step.save {
            if path == "body" {
                self.bodies.insert(name.clone(), answer.body.clone());
            } else {
                self.names.set(name, show::plain(&show::find(value, path)));
            }
        }
    }

    async fn open_watch(&mut self, step: &Step) -> Vec<String> {
        let (name, path) = step.rest.split_once(' ').unwrap();
        let response = self.send(step, path).await;
        if response.status().as_u16() == 200 {
            self.watches.insert(name.to_owned(), Watch::new(response));
            return vec!["200".to_owned()];
        }
        let answer = Answer::read(response).await;
        let mut lines = answer.head(&self.names);
        lines.extend(answer.shown(step, &answer.json(), &self.names));
        lines
    }

    async fn events(&mut self, step: &Step) -> Vec<String> {
        let (name, count) = step.rest.split_once(' ').unwrap();
        let Some(watch) = self.watches.get_mut(name) else {
            return vec!["(there is no such watch)".to_owned()];
        };
        let events = watch.events(count.parse().ok(), self.target.patience()).await;
        for (name, path) in &step.save {
            let last = events.last().unwrap_or(&Value::Null);
            self.names.set(name, show::plain(&show::find(last, path)));
        }
        events.iter().map(|event| show::event(event, &step.show, &self.names)).collect()
    }
}

impl Answer {
    async fn read(response: Response) -> Answer {
        let header = |name: &str| {
            let values = response.headers().get_all(name).iter();
            values.map(|value| value.to_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
        };
        Answer {
            code: response.status().as_u16(),
            content_type: header("content-type").join(" "),
            warnings: header("warning"),
            body: response.bytes().await.unwrap_or_default().to_vec(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The code, the type where it isn't JSON, and warnings.
    fn head(&self, names: &Names) -> Vec<String> {
        let kind = if self.content_type == "application/json" { "" } else { &self.content_type };
        let mut head = vec![format!("{} {kind}", self.code).trim_end().to_owned()];
        head.extend(self.warnings.iter().map(|warning| format!("warning: {}", names.text(warning))));
        head
    }

    fn shown(&self, step: &Step, value: &Value, names: &Names) -> Vec<String> {
        if let Some(protobuf) = self.body.strip_prefix(b"k8s\0") {
            let wanted = self.code >= 400 || step.show.iter().any(|path| path == "wire");
            return if wanted { wire::dump(protobuf, names) } else { Vec::new() };
        }
        if value.is_null() {
            return String::from_utf8_lossy(&self.body)
                .lines()
                .take(5)
                .map(|line| names.text(line))
                .collect();
        }
        show::object(value, &step.show, names)
    }
}
