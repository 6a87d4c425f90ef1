//! Strings that repeat are kept once, and forgotten when no row uses them any more.

use std::sync::Arc;

use proptest::prelude::*;
use quarterdeck::picture::model::{Interner, Labels};
use quarterdeck::platform::object::Symbol;

#[test]
fn equal_texts_are_one() {
    let mut interner = Interner::default();
    let (left, right) = (interner.symbol("production"), interner.symbol("production"));
    assert!(Arc::ptr_eq(&left, &right));
    let left = interner.labels([("app", "web"), ("tier", "front")]);
    let right = interner.labels([("tier", "front"), ("app", "web")]);
    assert!(Arc::ptr_eq(&left, &right), "whatever their order");
    assert!(Arc::ptr_eq(&interner.list(["a", "b"]), &interner.list(["a", "b"])));
    assert!(!Arc::ptr_eq(&interner.list(["a", "b"]), &interner.list(["b", "a"])));
}

#[test]
fn what_is_used_stays_and_the_rest_is_forgotten() {
    let mut interner = Interner::default();
    let kept: Vec<Symbol> = (0..100).map(|number| interner.symbol(&format!("kept-{number}"))).collect();
    let labels = interner.labels([("app", "web")]);
    let images = interner.list(["nginx:1.27"]);
    for number in 0..100_000 {
        interner.symbol(&format!("pod-template-hash-{number}"));
        interner.labels([("hash", number.to_string().as_str())]);
    }
    assert!(interner.len() < 20_000, "{} are kept", interner.len());
    for (number, symbol) in kept.iter().enumerate() {
        assert!(Arc::ptr_eq(&interner.symbol(&format!("kept-{number}")), symbol));
    }
    assert!(Arc::ptr_eq(&interner.labels([("app", "web")]), &labels));
    assert!(Arc::ptr_eq(&interner.list(["nginx:1.27"]), &images));
}

proptest! {
    #[test]
    fn labels_are_a_map(pairs in prop::collection::vec(("[a-c]{1,2}", "[x-z]{0,2}"), 0..8)) {
        let expected: std::collections::BTreeMap<_, _> = pairs.iter().cloned().collect();
        let symbols = pairs.iter().map(|(name, value)| (Symbol::from(&**name), Symbol::from(&**value)));
        let labels = Labels::new(symbols);
        let found: Vec<_> = labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(found, expected.clone().into_iter().collect::<Vec<_>>());
        for name in ["a", "b", "ab", "zz"] {
            prop_assert_eq!(labels.get(name), expected.get(name).map(String::as_str));
        }
        prop_assert_eq!(labels.is_empty(), expected.is_empty());
    }
}
