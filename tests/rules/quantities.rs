//! Amounts of processor time and memory.

use proptest::prelude::*;
use quarterdeck::platform::quantity::{Bytes, MilliCpu, parse};

#[test]
fn cores_in_every_spelling() {
    for (text, millis) in [
        ("0", 0),
        ("1", 1000),
        ("250m", 250),
        ("0.5", 500),
        (".5", 500),
        ("1.5", 1500),
        ("100u", 1),
        ("123456789n", 124),
        ("2k", 2_000_000),
        ("1e3", 1_000_000),
        ("1E-3", 1),
        ("+2", 2000),
        ("-250m", -250),
        (" 1 ", 1000),
        ("0.1", 100),
        ("0.3", 300),
        ("0.7", 700),
    ] {
        assert_eq!(MilliCpu::parse(text), Some(MilliCpu(millis)), "{text}");
    }
}

#[test]
fn memory_in_every_spelling() {
    for (text, bytes) in [
        ("0", 0),
        ("128974848", 128_974_848),
        ("129e6", 129_000_000),
        ("129M", 129_000_000),
        ("123Mi", 123 << 20),
        ("1Ki", 1 << 10),
        ("1.5Gi", 3 << 29),
        ("2Ti", 2 << 40),
        ("1Pi", 1 << 50),
        ("1Ei", 1 << 60),
        ("1E", 1_000_000_000_000_000_000),
        ("100k", 100_000),
        ("500m", 1),
        ("1G", 1_000_000_000),
    ] {
        assert_eq!(Bytes::parse(text), Some(Bytes(bytes)), "{text}");
    }
}

#[test]
fn garbage_is_no_amount() {
    for text in [
        "", " ", "m", "Mi", "1x", "1 Mi", "1mi", "1MI", "--1", "1.2.3", "1e", "inf", "NaN", "0x10", "1Gii",
        "é", "1é",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn amounts_are_short_to_read() {
    for (millis, text) in
        [(0, "0"), (250, "250m"), (999, "999m"), (1000, "1"), (1500, "1.5"), (48_000, "48"), (-250, "-250m")]
    {
        assert_eq!(MilliCpu(millis).to_string(), text);
    }
    for (bytes, text) in
        [(0, "0"), (1023, "1023"), (1024, "1Ki"), (512 << 20, "512Mi"), (3 << 29, "1.5Gi"), (1 << 50, "1Pi")]
    {
        assert_eq!(Bytes(bytes).to_string(), text);
    }
}

#[test]
fn sums_do_not_overflow() {
    let mut memory = Bytes(i64::MAX);
    memory += Bytes(1);
    assert_eq!(memory, Bytes(i64::MAX));
    let mut cpu = MilliCpu(i64::MIN);
    cpu -= MilliCpu(1);
    assert_eq!(cpu, MilliCpu(i64::MIN));
}

proptest! {
    #[test]
    fn whole_amounts_are_read_exactly(millis in 0i64..1_000_000_000, bytes in 0i64..1 << 50) {
        prop_assert_eq!(MilliCpu::parse(&format!("{millis}m")), Some(MilliCpu(millis)));
        prop_assert_eq!(Bytes::parse(&bytes.to_string()), Some(Bytes(bytes)));
        prop_assert_eq!(Bytes::parse(&format!("{}Ki", bytes >> 10)), Some(Bytes(bytes >> 10 << 10)));
    }

    #[test]
    fn what_is_shown_is_near_what_it_stands_for(millis in 0i64..10_000_000, bytes in 0i64..1 << 50) {
        let cpu = MilliCpu::parse(&MilliCpu(millis).to_string()).expect("an amount").0;
        prop_assert!((cpu - millis).abs() <= 50, "{cpu} for {millis}");
        let memory = Bytes::parse(&Bytes(bytes).to_string()).expect("an amount").0;
        prop_assert!((memory - bytes).abs() <= bytes / 15, "{memory} for {bytes}");
    }

    #[test]
    fn any_text_is_an_amount_or_is_not(text in "\\PC{0,12}", number in "[0-9eE.+-]{0,8}[a-zA-Z]{0,3}") {
        for text in [text, number] {
            prop_assert!(parse(&text).is_none_or(|amount| amount.is_finite() || amount.is_infinite()));
            let _ = (MilliCpu::parse(&text), Bytes::parse(&text));
        }
    }
}
