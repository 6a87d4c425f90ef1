//! What the console is played on: a screen that counts frames, scripted keys, a clock that stands still.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::io;
use std::process::{Command, Output};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::operations::server::UID;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use quarterdeck::cli::profile::profile;
use quarterdeck::config::{Contrast, Settings, shipped};
use quarterdeck::console::{
    self, Console, ConsoleError, Deck, DeckParts, Exit, Host, HostEvent, OperationParts, Setting, Themes,
};
use quarterdeck::panes::{PaneId, Place};
use quarterdeck::picture::Picture;
use quarterdeck::picture::model::{
    Batch, Change, Delta, Labels, NamespaceRow, Owner, PodRow, Resources, RowChange, Scope, SourceKey,
    WorkloadRow,
};
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, ObjectReference, Symbol, Uid};
use quarterdeck::platform::pod::PodHealth;
use quarterdeck::platform::time::{Clock, Instant};
use quarterdeck::platform::workload::Health;
use quarterdeck::terminal::{ClipboardError, SuspendError};
use quarterdeck::theme::{ColourDepth, Target, Theme, compile};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell as ScreenCell;
use ratatui::layout::{Position, Rect, Size};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, LocalSet};

/// 2026-01-01T12:00:00Z.
pub const NOON: Instant = Instant::from_seconds(1_767_268_800);

/// A screen that the test can look at while the console draws on it.
#[derive(Clone)]
pub struct Screen {
    backend: Rc<RefCell<TestBackend>>,
    frames: Rc<Cell<usize>>,
}

impl Screen {
    fn new(width: u16, height: u16) -> Self {
        Screen { backend: Rc::new(RefCell::new(TestBackend::new(width, height))), frames: Rc::default() }
    }
}

impl Backend for Screen {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a ScreenCell)>,
    {
        self.backend.borrow_mut().draw(content)
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.borrow_mut().hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.backend.borrow_mut().show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        self.backend.borrow_mut().get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.backend.borrow_mut().set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.backend.borrow_mut().clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        self.backend.borrow_mut().clear_region(clear_type)
    }

    fn size(&self) -> Result<Size, Infallible> {
        self.backend.borrow().size()
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.backend.borrow_mut().window_size()
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.frames.set(self.frames.get() + 1);
        self.backend.borrow_mut().flush()
    }
}

/// A terminal that does what the test says.
pub struct Script {
    events: mpsc::UnboundedReceiver<HostEvent>,
    copied: Rc<RefCell<Vec<String>>>,
    suspended: Rc<Cell<usize>>,
}

impl Host for Script {
    async fn next(&mut self) -> HostEvent {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    fn suspend(&mut self) -> Result<(), SuspendError> {
        self.suspended.set(self.suspended.get() + 1);
        Ok(())
    }

    fn run(&mut self, _command: Command, _announcement: &str) -> io::Result<Output> {
        Err(io::Error::other("nothing is run in tests"))
    }

    fn copy(&mut self, text: &str) -> Result<(), ClipboardError> {
        self.copied.borrow_mut().push(text.to_owned());
        Ok(())
    }
}

/// What a play begins with.
pub struct Setup {
    pub size: (u16, u16),
    pub start: PaneId,
    pub read_only: bool,
    pub operations: Option<OperationParts>,
    pub contexts: Vec<&'static str>,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            size: (120, 40),
            start: PaneId::Workloads,
            read_only: false,
            operations: None,
            contexts: vec!["demo", "elsewhere"],
        }
    }
}

/// A console at work.
pub struct Stage {
    screen: Screen,
    keys: mpsc::UnboundedSender<HostEvent>,
    deltas: mpsc::Sender<Delta>,
    running: JoinHandle<Result<Exit, ConsoleError>>,
    pub clock: Clock,
    pub wanted: watch::Receiver<Option<ObjectReference>>,
    pub refresh: watch::Receiver<u64>,
    pub copied: Rc<RefCell<Vec<String>>>,
    pub suspended: Rc<Cell<usize>>,
}

/// Plays a test under a virtual clock.
pub fn play(setup: Setup, test: impl AsyncFnOnce(&mut Stage)) {
    play_in(true, setup, test);
}

/// Plays a test that talks to a server, in real time.
pub fn play_in_real_time(setup: impl AsyncFnOnce() -> Setup, test: impl AsyncFnOnce(&mut Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let mut stage = Stage::start(setup().await);
        test(&mut stage).await;
    });
}

fn play_in(paused: bool, setup: Setup, test: impl AsyncFnOnce(&mut Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(paused)
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let mut stage = Stage::start(setup);
        stage.idle().await;
        test(&mut stage).await;
    });
}

/// The theme of that name, without colour.
fn theme(name: &str) -> Theme {
    let file = shipped::theme(name).expect("a shipped theme");
    let target = Target { depth: ColourDepth::None, ascii: false, contrast: Contrast::Normal };
    compile(&file, target).expect("a theme that compiles")
}

/// A deck on the shipped files.
pub fn deck(
    setup: Setup,
    clock: &Clock,
) -> (Deck, watch::Receiver<Option<ObjectReference>>, watch::Receiver<u64>) {
    let platform = shipped::platform().expect("the reference platform");
    let profile = Rc::new(profile(&platform, &Settings::none()).expect("its profile"));
    let registry = console::registry();
    let keymap =
        console::keymap(&shipped::keymap().expect("the keymap"), None, &registry).expect("that it fits");
    let (detail_wanted, wanted) = watch::channel(None);
    let (refresh, refreshed) = watch::channel(0);
    let zones = profile.zones.clone();
    let setting = Setting {
        context: Symbol::from("demo"),
        contexts: setup.contexts.iter().map(|name| (*name).to_owned()).collect(),
        server: "https://demo.invalid:6443".to_owned(),
        demo: true,
        read_only: setup.read_only,
        profile,
        registry,
        keymap,
        clock: clock.clone(),
        time_zone: jiff::tz::TimeZone::UTC,
    };
    let deck = Deck::new(DeckParts {
        setting,
        themes: Themes::new(theme("dark"), [theme("light")]),
        picture: Picture::new(Symbol::from("demo"), zones),
        start: Place::whole(setup.start),
        namespaces: Vec::new(),
        operations: setup.operations,
        detail_wanted,
        refresh,
    });
    (deck, wanted, refreshed)
}

impl Stage {
    fn start(setup: Setup) -> Self {
        let (width, height) = setup.size;
        let clock = Clock::manual(NOON);
        let (deck, wanted, refresh) = deck(setup, &clock);
        let screen = Screen::new(width, height);
        let terminal = Terminal::new(screen.clone()).expect("a screen");
        let (keys, events) = mpsc::unbounded_channel();
        let (deltas, received) = mpsc::channel(1024);
        let (copied, suspended) = (Rc::default(), Rc::default());
        let host = Script { events, copied: Rc::clone(&copied), suspended: Rc::clone(&suspended) };
        let mut console = Console::new(terminal, host, received, None, deck);
        let running = tokio::task::spawn_local(async move { console.run().await });
        Stage { screen, keys, deltas, running, clock, wanted, refresh, copied, suspended }
    }

    /// Lets everything happen that can happen now.
    pub async fn idle(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    /// Lets time go by.
    pub async fn pass(&self, milliseconds: u64) {
        self.clock.advance(i64::try_from(milliseconds).expect("a short time"));
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }

    /// Presses keys: characters as themselves, others as `<enter>` or `<ctrl-p>`.
    pub async fn press(&self, keys: &str) {
        for event in events(keys) {
            self.send(HostEvent::Key(event));
        }
        self.idle().await;
    }

    /// Something else that happens at the terminal.
    pub fn send(&self, event: HostEvent) {
        self.keys.send(event).expect("a console that listens");
    }

    /// A delta arrives.
    pub fn feed(&self, delta: Delta) {
        self.deltas.try_send(delta).expect("room");
    }

    /// Everything of the small cluster arrives.
    pub async fn fill(&self) {
        for delta in cluster() {
            self.feed(delta);
        }
        self.idle().await;
    }

    /// What the screen shows.
    pub fn screen(&self) -> String {
        let backend = self.screen.backend.borrow();
        let buffer = backend.buffer();
        let lines = buffer.content.chunks(usize::from(buffer.area.width)).map(|row| {
            let line: String = row.iter().map(ScreenCell::symbol).collect();
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The line that holds the text.
    pub fn line(&self, text: &str) -> String {
        let screen = self.screen();
        match screen.lines().find(|line| line.contains(text)) {
            Some(line) => line.to_owned(),
            None => panic!("no line holds `{text}`:\n{screen}"),
        }
    }

    pub fn assert_shows(&self, text: &str) {
        self.line(text);
    }

    pub fn assert_lacks(&self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "`{text}` is there:\n{screen}");
    }

    /// Waits until the screen holds the text; for real time only.
    pub async fn until(&self, text: &str) {
        for _ in 0..2000 {
            if self.screen().contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("`{text}` never came:\n{}", self.screen());
    }

    /// How many frames were drawn so far.
    pub fn frames(&self) -> usize {
        self.screen.frames.get()
    }

    /// Makes the window another size.
    pub async fn resize(&self, width: u16, height: u16) {
        self.screen.backend.borrow_mut().resize(width, height);
        self.send(HostEvent::Resize);
        self.idle().await;
    }

    /// How the console ended.
    pub async fn exit(&mut self) -> Exit {
        self.idle().await;
        assert!(self.running.is_finished(), "it goes on:\n{}", self.screen());
        (&mut self.running).await.expect("no panic").expect("no error")
    }

    pub fn is_running(&self) -> bool {
        !self.running.is_finished()
    }
}

fn events(keys: &str) -> Vec<KeyEvent> {
    let mut events = Vec::new();
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
            events.push(named(name));
            rest = after;
        } else {
            events.push(KeyEvent::new(KeyCode::Char(first), KeyModifiers::NONE));
            rest = &rest[first.len_utf8()..];
        }
    }
    events
}

fn named(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("ctrl-") {
        return KeyEvent::new(KeyCode::Char(letter.chars().next().expect("a letter")), KeyModifiers::CONTROL);
    }
    let (code, modifiers) = match name {
        "enter" => (KeyCode::Enter, KeyModifiers::NONE),
        "esc" => (KeyCode::Esc, KeyModifiers::NONE),
        "down" => (KeyCode::Down, KeyModifiers::NONE),
        "up" => (KeyCode::Up, KeyModifiers::NONE),
        "backspace" => (KeyCode::Backspace, KeyModifiers::NONE),
        "alt-right" => (KeyCode::Right, KeyModifiers::ALT),
        other => panic!("no key is called {other}"),
    };
    KeyEvent::new(code, modifiers)
}

/// A source of the small cluster.
pub fn source(kind: Kind) -> SourceKey {
    SourceKey { cluster: Symbol::from("demo"), kind, scope: Scope::Cluster }
}

fn listed(kind: Kind, batch: Batch) -> Vec<Delta> {
    [Change::ListBegins, Change::Rows(batch), Change::ListEnds, Change::Freshness(Freshness::Live)]
        .into_iter()
        .map(|change| Delta::Source(source(kind), change))
        .collect()
}

/// Three workloads and their pods.
pub fn cluster() -> Vec<Delta> {
    let namespaces = ["production", "staging"].map(|name| RowChange::Put(namespace(name))).to_vec();
    let deployments = vec![
        RowChange::Put(WorkloadRow { uid: Uid::parse(UID), ..workload(1, "production", "backend-rust", 3) }),
        RowChange::Put(workload(2, "production", "frontend-web", 2)),
        RowChange::Put(workload(3, "staging", "backend-rust", 1)),
    ];
    let pods = (0..3).map(|index| RowChange::Put(pod(index, "production", "backend-rust"))).collect();
    let mut deltas = listed(Kind::Namespace, Batch::Namespaces(namespaces));
    deltas.extend(listed(Kind::Deployment, Batch::Workloads(deployments)));
    deltas.extend(listed(Kind::Pod, Batch::Pods(pods)));
    for kind in [Kind::StatefulSet, Kind::DaemonSet] {
        deltas.extend(listed(kind, Batch::Workloads(Vec::new())));
    }
    deltas.extend(listed(Kind::Node, Batch::Nodes(Vec::new())));
    deltas.extend(listed(Kind::ReplicaSet, Batch::ReplicaSets(Vec::new())));
    deltas.extend(listed(Kind::HorizontalPodAutoscaler, Batch::Autoscalers(Vec::new())));
    deltas
}

pub fn namespace(name: &str) -> NamespaceRow {
    NamespaceRow {
        uid: Uid(u128::from(name.len() as u64) + 1000),
        name: Symbol::from(name),
        labels: Arc::default(),
        terminating: false,
        created: NOON.plus_millis(-86_400_000),
    }
}

pub fn workload(uid: u128, namespace: &str, name: &str, wanted: u32) -> WorkloadRow {
    WorkloadRow {
        kind: Kind::Deployment,
        uid: Uid(uid),
        namespace: Symbol::from(namespace),
        name: Symbol::from(name),
        labels: Arc::new(Labels::default()),
        template_labels: Arc::default(),
        owner: None,
        wanted,
        ready: wanted,
        updated: wanted,
        available: wanted,
        current: wanted,
        paused: false,
        observed: true,
        complaint: None,
        health: Health::Healthy,
        images: Arc::from([Symbol::from("registry/app:1.0")]),
        requests: Resources::default(),
        created: NOON.plus_millis(-7_200_000),
        scaling: None,
        zone: None,
    }
}

pub fn pod(index: u128, namespace: &str, owner: &str) -> PodRow {
    PodRow {
        uid: Uid(100 + index),
        namespace: Symbol::from(namespace),
        name: format!("{owner}-{index}").into(),
        labels: Arc::default(),
        owner: None,
        workload: Some(Owner { kind: Symbol::from("Deployment"), name: Symbol::from(owner) }),
        node: Some(Symbol::from("worker-1")),
        ip: None,
        status: Symbol::from("Running"),
        health: PodHealth::Ready,
        ready: 1,
        containers: 1,
        restarts: 0,
        restarted: None,
        created: NOON.plus_millis(-7_200_000),
        images: Arc::from([Symbol::from("registry/app:1.0")]),
        requests: Resources::default(),
        zone: None,
    }
}

/// A changed pod.
pub fn churn(index: u128, restarts: u32) -> Delta {
    let row = PodRow { restarts, ..pod(index, "production", "backend-rust") };
    Delta::Source(source(Kind::Pod), Change::Rows(Batch::Pods(vec![RowChange::Put(row)])))
}

/// One frame of a deck, without a terminal.
pub fn still(deck: &mut Deck, width: u16, height: u16) -> String {
    let mut buffer = ratatui::buffer::Buffer::empty(Rect::new(0, 0, width, height));
    deck.draw(&mut buffer, Rect::new(0, 0, width, height));
    let lines = buffer.content.chunks(usize::from(width)).map(|row| {
        let line: String = row.iter().map(ScreenCell::symbol).collect();
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
