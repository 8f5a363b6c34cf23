use super::*;

/// Made by the tool itself: `minisign -S -s a.key -m signed.wasm -t 'for tests'`, version 0.11.
const SIGNED: &[u8] = b"the handler";
const KEY: &str = "RWTFDDbuPjuaCYYlVdVGlbODDD6GHdBeVKMgVqpoGO4nw5U0TI2Ux2W4";
const OTHER_KEY: &str = "RWRQzR2d8vqYHjzXZklXaWn0yiZBTHOaYRd3ZJoOg3GbT1cSlFA29hmv";
const SIGNATURE: &str = "untrusted comment: signature from minisign secret key
RUTFDDbuPjuaCUp6gLao/ijPs4XlyTX9PIftFR5TIWkE9LeDeVX/ruU90P+bg1JbJ0WPmy/ho0D1HAY0mAg681bEEVumAIrqVgY=
trusted comment: for tests
xlSdAoMgGM1rmeR8N70sVa5SxYYDxzTjGWRtpttVJQz+/3hCL+F1Aq6NXv4fKmway4QPazp4sbif3XNBKg+2Cw==
";
/// The same with `-l`, which signs the file itself instead of its hash.
const OLD_KIND: &str = "untrusted comment: signature from minisign secret key
RWTFDDbuPjuaCds/2YA3KTiFO3M4ntNYt9HmnmiVcykXT3MqeYJKg2KridWyzbTYXHObuDx4UStcHGTFZmblliRfYfS/i7AHugM=
trusted comment: timestamp:1795548760\tfile:signed.wasm
gA1oNe2f56SJ5yXBfvSc6+drlu2sz2lM32t2G1L5A27n/eXVuZswpS7p6KIZuCuitMwyrV4CvH1YRPlBMZXZCg==
";
const HASH: &str = "aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11aa11";

fn policy(keys: &[&str], hashes: &[&str]) -> TrustPolicy {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    TrustPolicy::new(&TrustConfig {
        require_signature: !keys.is_empty(),
        keys: owned(keys),
        hashes: owned(hashes),
    })
    .unwrap()
}

fn check(keys: &[&str], wasm: &[u8], signature: Option<&str>, expected: Result<(), TrustError>) {
    assert_eq!(policy(keys, &[]).check(wasm, HASH, signature), expected);
}

#[test]
fn whoever_sets_nothing_lets_everything_in() {
    check(&[], SIGNED, None, Ok(()));
    check(&[], SIGNED, Some("rubbish"), Ok(()));
}

#[test]
fn a_signature_of_minisign_by_one_of_the_keys_is_taken() {
    check(&[KEY], SIGNED, Some(SIGNATURE), Ok(()));
    check(&[OTHER_KEY, KEY], SIGNED, Some(SIGNATURE), Ok(()));
    let windows_lines = SIGNATURE.replace('\n', "\r\n");
    check(&[KEY], SIGNED, Some(&windows_lines), Ok(()));
}

#[test]
fn everything_else_is_refused_where_signatures_are_required() {
    use TrustError::{DoesNotFit, NotASignature, NotSigned, OldKind, UnknownKey};
    check(&[KEY], SIGNED, None, Err(NotSigned));
    check(&[KEY], SIGNED, Some(""), Err(NotASignature));
    check(&[KEY], SIGNED, Some(&SIGNATURE[..100]), Err(NotASignature));
    check(&[OTHER_KEY], SIGNED, Some(SIGNATURE), Err(UnknownKey));
    check(&[KEY], b"The handler", Some(SIGNATURE), Err(DoesNotFit));
    check(&[KEY], b"", Some(SIGNATURE), Err(DoesNotFit));
    check(&[KEY], SIGNED, Some(OLD_KIND), Err(OldKind));
    let other_comment = SIGNATURE.replace("for tests", "for users");
    check(&[KEY], SIGNED, Some(&other_comment), Err(DoesNotFit));
}

#[test]
fn a_wrong_signature_is_refused_though_none_is_required() {
    let policy = TrustPolicy {
        require_signature: false,
        ..policy(&[KEY], &[])
    };
    assert_eq!(policy.check(SIGNED, HASH, None), Ok(()));
    assert_eq!(policy.check(SIGNED, HASH, Some(SIGNATURE)), Ok(()));
    let refused = policy.check(b"other", HASH, Some(SIGNATURE));
    assert_eq!(refused, Err(TrustError::DoesNotFit));
}

#[test]
fn only_the_chosen_hashes_are_let_in_signed_or_not() {
    let upper_case = HASH.to_uppercase();
    assert_eq!(
        policy(&[], &[&upper_case]).check(SIGNED, HASH, None),
        Ok(())
    );
    let other = "0".repeat(64);
    let refused = policy(&[KEY], &[&other]).check(SIGNED, HASH, Some(SIGNATURE));
    assert_eq!(refused, Err(TrustError::HashNotAllowed));
    let unsigned = policy(&[KEY], &[HASH]).check(SIGNED, HASH, None);
    assert_eq!(unsigned, Err(TrustError::NotSigned));
}

fn check_invalid(change: impl FnOnce(&mut TrustConfig), field: &str) {
    let mut config = TrustConfig::default();
    change(&mut config);
    assert_eq!(config.validate().unwrap_err().field, field);
}

#[test]
fn what_cannot_be_meant_is_refused_at_the_start() {
    TrustConfig::default().validate().unwrap();
    check_invalid(|config| config.require_signature = true, "trust.keys");
    for no_key in ["", "RWabc", "untrusted comment: a key"] {
        check_invalid(|config| config.keys = vec![no_key.into()], "trust.keys");
    }
    for no_hash in ["", "abc", &"é".repeat(32), &HASH[1..]] {
        check_invalid(
            |config| config.hashes = vec![no_hash.into()],
            "trust.hashes",
        );
    }
}
