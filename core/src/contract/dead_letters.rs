use super::sample::{handler, job};
use crate::{
    DeadLetter, DeadLetters, FaultKind, LetterPlace, MediaId, Phase, Service, State, Transition,
};

/// Runs the rules of [`DeadLetters`] on an empty store.
pub async fn dead_letters(store: &dyn DeadLetters) {
    what_is_put_is_found_unchanged(store).await;
    a_later_letter_takes_the_place_of_an_earlier_one(store).await;
    letters_are_listed_from_the_oldest_on(store).await;
    a_removed_letter_is_gone_and_can_come_again(store).await;
}

/// Checks that of an empty store with room for `capacity` letters the oldest is forgotten.
pub async fn full_dead_letters(store: &dyn DeadLetters, capacity: usize) {
    let letters: Vec<_> = (0..=capacity).map(|_| letter()).collect();
    for letter in &letters {
        store.put(letter).await.unwrap();
    }
    assert_eq!(all(store).await, letters[1..]);
}

async fn what_is_put_is_found_unchanged(store: &dyn DeadLetters) {
    assert_eq!(store.get(MediaId::random()).await.unwrap(), None);
    let whole = letter();
    let bare = DeadLetter {
        fault: None,
        handler: None,
        history: Vec::new(),
        ..letter()
    };
    for letter in [whole, bare] {
        store.put(&letter).await.unwrap();
        let found = store.get(letter.media_id()).await.unwrap();
        assert_eq!(found, Some(letter.clone()));
        assert!(store.remove(letter.media_id()).await.unwrap());
    }
}

async fn a_later_letter_takes_the_place_of_an_earlier_one(store: &dyn DeadLetters) {
    let (first, other) = (letter(), letter());
    for letter in [&first, &other, &first] {
        store.put(letter).await.unwrap();
    }
    let mut later = first.clone();
    later.job.epoch = 2;
    "it went wrong again".clone_into(&mut later.reason);
    assert_eq!(all(store).await, [other.clone(), first.clone()]);
    store.put(&later).await.unwrap();
    assert_eq!(
        store.get(first.media_id()).await.unwrap().as_ref(),
        Some(&later)
    );
    assert_eq!(all(store).await, [other, later]);
    empty(store).await;
}

async fn letters_are_listed_from_the_oldest_on(store: &dyn DeadLetters) {
    assert!(all(store).await.is_empty());
    let letters: Vec<_> = (0..7).map(|_| letter()).collect();
    for letter in &letters {
        store.put(letter).await.unwrap();
    }
    store.remove(letters[3].media_id()).await.unwrap();
    let first = store.list(LetterPlace::START, 2).await.unwrap();
    assert_eq!(first.letters, letters[..2]);
    // What is removed between two pages moves nothing.
    store.remove(letters[1].media_id()).await.unwrap();
    let second = store.list(first.next.unwrap(), 2).await.unwrap();
    assert_eq!(second.letters, [letters[2].clone(), letters[4].clone()]);
    let rest = store.list(second.next.unwrap(), 9).await.unwrap();
    assert_eq!((rest.letters, rest.next), (letters[5..].to_vec(), None));
    empty(store).await;
}

async fn a_removed_letter_is_gone_and_can_come_again(store: &dyn DeadLetters) {
    let letter = letter();
    let id = letter.media_id();
    assert!(!store.remove(id).await.unwrap());
    for _ in 0..2 {
        store.put(&letter).await.unwrap();
        assert_eq!(all(store).await, std::slice::from_ref(&letter));
        assert!(store.remove(id).await.unwrap());
        assert!(!store.remove(id).await.unwrap());
        assert_eq!(store.get(id).await.unwrap(), None);
        assert!(all(store).await.is_empty());
    }
}

/// Follows the pages to the end.
async fn all(store: &dyn DeadLetters) -> Vec<DeadLetter> {
    let (mut letters, mut next) = (Vec::new(), Some(LetterPlace::START));
    while let Some(after) = next {
        let page = store.list(after, 3).await.unwrap();
        assert!(page.next.is_none_or(|next| next > after), "{page:?}");
        letters.extend(page.letters);
        next = page.next;
    }
    letters
}

async fn empty(store: &dyn DeadLetters) {
    for letter in all(store).await {
        assert!(store.remove(letter.media_id()).await.unwrap());
    }
}

fn letter() -> DeadLetter {
    let died = Transition {
        version: 12,
        at_ms: 1_732_700_000_047,
        service: Service::Worker,
        worker: Some("worker-1".to_owned()),
        state: State::Processing,
        phase: Phase::Retrying,
        epoch: 1,
        attempts: 5,
        reason: Some("it panicked – again".to_owned()),
    };
    DeadLetter {
        job: job(),
        attempts: 5,
        reason: "gave up after 5 attempts: it panicked – again".to_owned(),
        fault: Some(FaultKind::Panicked),
        handler: Some(handler()),
        worker: "worker-1".to_owned(),
        at_ms: 1_732_700_000_123,
        history: vec![died],
    }
}
