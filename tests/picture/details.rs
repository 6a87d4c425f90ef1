//! Details of objects, and the state of sources.

use quarterdeck::picture::model::{Change, Delta};
use quarterdeck::platform::detail::Detail;
use quarterdeck::platform::freshness::Freshness;
use quarterdeck::platform::object::{Kind, ObjectReference, Symbol};
use quarterdeck::platform::time::Instant;

use super::rows::{picture, pod, put_pods, source};

fn reference(number: usize) -> ObjectReference {
    ObjectReference {
        cluster: Symbol::from("test"),
        kind: Kind::Pod,
        namespace: Symbol::from("alpha"),
        name: Symbol::from(format!("pod-{number}")),
        uid: None,
    }
}

#[test]
fn only_the_latest_details_are_kept() {
    let mut picture = picture();
    for number in 0..1_000 {
        picture.apply(Delta::Detail(reference(number), Ok(Box::new(Detail::default()))));
        assert!(picture.detail(&reference(number)).is_some());
    }
    let kept = (0..1_000).filter(|number| picture.detail(&reference(*number)).is_some()).count();
    assert_eq!(kept, 16);
    let failed = Err("it is forbidden".to_owned());
    picture.apply(Delta::Detail(reference(999), failed.clone()));
    assert_eq!(picture.detail(&reference(999)), Some(&failed), "the latest holds");
    let kept = (0..1_000).filter(|number| picture.detail(&reference(*number)).is_some()).count();
    assert_eq!(kept, 16);
}

#[test]
fn the_worst_scope_tells_how_fresh_a_kind_is() {
    let mut picture = picture();
    assert!(picture.source(Kind::Pod).arriving, "nothing is known yet");
    let mut tell = |namespace, change| picture.apply(Delta::Source(source(Kind::Pod, namespace), change));
    tell(Some("alpha"), Change::Freshness(Freshness::Live));
    let down = Freshness::Down(Instant(5), "connection refused".to_owned());
    tell(Some("beta"), Change::Freshness(down.clone()));
    assert_eq!(picture.source(Kind::Pod).freshness, down);
    picture.apply(Delta::Source(source(Kind::Pod, Some("beta")), Change::Retired));
    assert_eq!(picture.source(Kind::Pod).freshness, Freshness::Live);
    assert!(!picture.source(Kind::Pod).arriving);
}

#[test]
fn a_list_arrives_until_it_has_ended() {
    let mut picture = picture();
    let pods = |change| Delta::Source(source(Kind::Pod, None), change);
    picture.apply(pods(Change::ListBegins));
    put_pods(&mut picture, [pod(1, "alpha", "web-1")]);
    picture.apply(pods(Change::Freshness(Freshness::Live)));
    assert!(picture.source(Kind::Pod).arriving);
    picture.apply(pods(Change::ListEnds));
    assert!(!picture.source(Kind::Pod).arriving);
    picture.apply(pods(Change::ListBegins));
    picture.apply(pods(Change::Freshness(Freshness::Stale(Instant(9)))));
    assert!(!picture.source(Kind::Pod).arriving, "a list that was cut off does not arrive");
    assert_eq!(picture.pods().len(), 1, "its rows stay");
}
