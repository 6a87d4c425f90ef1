//! From the bytes of a list to the rows on the screen, at 1,000, 10,000 and 100,000 pods.
#![allow(missing_docs, clippy::expect_used, reason = "a benchmark stops where its ground is missing")]

mod pods;

use std::hint::black_box;
use std::time::{Duration, Instant as Stopwatch};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quarterdeck::cli::profile::profile;
use quarterdeck::clients::kubernetes::wire::Encoding;
use quarterdeck::config::{Settings, shipped};
use quarterdeck::feeds::pods_of_list;
use quarterdeck::panes::{PaneId, Place, ViewContext, build};
use quarterdeck::picture::columns::{ColumnKey, Filter, PodColumn};
use quarterdeck::picture::model::{Batch, Change, Delta, Interner, PodRow, RowChange, Scope, SourceKey};
use quarterdeck::picture::{Picture, Query, Sort};
use quarterdeck::platform::object::{Kind, Symbol};
use quarterdeck::platform::time::Instant;
use quarterdeck::theme::{Symbols, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Rows that a feed sends at once.
const BATCH: usize = 512;

fn empty_picture() -> Picture {
    let file = shipped::platform().expect("the shipped profile parses");
    let zones = profile(&file, &Settings::none()).expect("the shipped profile is right").zones;
    Picture::new(Symbol::from("bench"), zones)
}

fn step(change: Change) -> Delta {
    let source = SourceKey { cluster: Symbol::from("bench"), kind: Kind::Pod, scope: Scope::Cluster };
    Delta::Source(source, change)
}

fn put(rows: Vec<PodRow>) -> Delta {
    step(Change::Rows(Batch::Pods(rows.into_iter().map(RowChange::Put).collect())))
}

/// The deltas of a whole list.
fn list(rows: &[PodRow]) -> Vec<Delta> {
    let batches = rows.chunks(BATCH).map(|rows| put(rows.to_vec()));
    std::iter::once(step(Change::ListBegins)).chain(batches).chain([step(Change::ListEnds)]).collect()
}

fn query(column: PodColumn, filter: &str) -> Query<PodRow> {
    Query {
        sort: Sort { column, descending: false },
        filter: Filter::parse::<PodRow>(filter).expect("it is a filter"),
        ..Query::default()
    }
}

/// A picture of these rows with an open view.
fn picture(rows: &[PodRow], query: Query<PodRow>) -> Picture {
    let mut picture = empty_picture();
    picture.show_pods(Some(query));
    list(rows).into_iter().for_each(|delta| picture.apply(delta));
    work(&mut picture);
    picture
}

/// Works a query off, and returns the longest slice.
fn work(picture: &mut Picture) -> Duration {
    let mut longest = Duration::ZERO;
    loop {
        let mut slices = 0;
        let started = Stopwatch::now();
        let unfinished = picture.work(&mut || {
            slices += 1;
            slices == 1
        });
        longest = longest.max(started.elapsed());
        if !unfinished {
            return longest;
        }
    }
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for size in SIZES {
        let bytes = pods::encoded_list(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &bytes, |bencher, bytes| {
            bencher.iter(|| pods_of_list(Encoding::Protobuf, bytes, &mut Interner::default()));
        });
    }
    group.finish();
}

/// The first list, into a view that is open while it arrives; and single changes of a full picture.
fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    for size in SIZES {
        let rows = pods::rows(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::new("list", size), &rows, |bencher, rows| {
            let fresh = || {
                let mut picture = empty_picture();
                picture.show_pods(Some(query(PodColumn::Namespace, "")));
                (picture, list(rows))
            };
            bencher.iter_batched(
                fresh,
                |(mut picture, deltas)| {
                    deltas.into_iter().for_each(|delta| picture.apply(delta));
                    work(&mut picture);
                    picture
                },
                BatchSize::LargeInput,
            );
        });
    }
    let rows = pods::rows(50_000);
    group.throughput(Throughput::Elements(1));
    for column in PodColumn::ALL {
        let mut picture = picture(&rows, query(*column, ""));
        let mut turn = 0;
        group.bench_function(BenchmarkId::new("one-change-of-50000-by", column.name()), |bencher| {
            let changed = || {
                turn = (turn + 7_919) % rows.len();
                let mut row = rows[turn].clone();
                row.restarts += turn as u32;
                row.ready = (turn % 3) as u16;
                vec![row]
            };
            bencher.iter_batched(changed, |rows| picture.apply(put(rows)), BatchSize::SmallInput);
        });
    }
    group.finish();
}

fn sort(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sort");
    for size in [1_000, 10_000, 50_000, 100_000] {
        let rows = pods::rows(size);
        let mut picture = picture(&rows, query(PodColumn::Ip, ""));
        group.throughput(Throughput::Elements(size as u64));
        for column in [PodColumn::Namespace, PodColumn::Name, PodColumn::Age, PodColumn::Node] {
            let mut longest = Duration::ZERO;
            group.bench_function(BenchmarkId::new(column.name(), size), |bencher| {
                bencher.iter(|| {
                    picture.show_pods(None);
                    picture.show_pods(Some(query(column, "")));
                    longest = longest.max(work(&mut picture));
                });
            });
            println!("sort/{}/{size}: the longest slice took {longest:?}", column.name());
        }
    }
    group.finish();
}

fn filter(criterion: &mut Criterion) {
    const FILTERS: [(&str, &str); 6] = [
        ("none", ""),
        ("fuzzy", "backend"),
        ("inverse", "!backend"),
        ("expression", "/rust-.*[0-9]$/"),
        ("label", "-l app.kubernetes.io/name=backend-rust"),
        ("column", "status=Crash*"),
    ];
    let mut group = criterion.benchmark_group("filter");
    for size in SIZES {
        let rows = pods::rows(size);
        let mut picture = picture(&rows, query(PodColumn::Namespace, "/no such pod/"));
        group.throughput(Throughput::Elements(size as u64));
        for (name, text) in FILTERS {
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| {
                    picture.show_pods(None);
                    picture.show_pods(Some(query(PodColumn::Age, text)));
                    work(&mut picture);
                    black_box(picture.pod_view().len())
                });
            });
        }
    }
    group.finish();
}

fn draw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    let theme = Theme::from_fn(|_| Style::new(), Symbols::UNICODE);
    for size in SIZES {
        let rows = pods::rows(size);
        let file = shipped::platform().expect("the shipped profile parses");
        let environments = profile(&file, &Settings::none()).expect("it is right").environments.into();
        let mut pane = build(&Place::whole(PaneId::Pods), &[], &environments);
        let mut picture = empty_picture();
        picture.show_pods(pane.interests(&picture).pods);
        list(&rows).into_iter().for_each(|delta| picture.apply(delta));
        work(&mut picture);
        let area = Rect::new(0, 0, 160, 48);
        let mut buffer = Buffer::empty(area);
        let context = ViewContext {
            picture: &picture,
            theme: &theme,
            now: Instant::from_seconds(pods::NOW),
            focused: true,
            server: "https://cluster.example.com:6443",
            key_of: &|_| None,
        };
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| {
                buffer.reset();
                pane.view(&mut buffer, area, &context);
                black_box(&buffer);
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = decode, apply, sort, filter, draw
}
criterion_main!(benches);
