mod changes;
mod fields;
mod history;
mod leases;
mod lists;
mod oldest_open;
mod reopening;
mod repeats;
mod situation;
mod transitions;
mod versions;

pub(super) use situation::{Medium, Situation};

use crate::StatusStore;

/// Runs the rules of [`StatusStore`]. Other media in the store do not matter.
pub async fn status_store(store: &dyn StatusStore) {
    store.check().await.unwrap();
    fields::each_step_shows_in_the_status(store).await;
    fields::an_error_keeps_its_reason(store).await;
    history::every_write_is_in_the_history_with_its_reason(store).await;
    history::a_claim_that_was_lost_names_its_worker(store).await;
    history::the_last_transitions_are_kept(store).await;
    transitions::every_call_in_every_situation(store).await;
    reopening::only_an_error_of_the_epoch_is_opened_again(store).await;
    reopening::what_is_open_again_has_a_fresh_budget(store).await;
    reopening::a_repeat_opens_nothing_twice(store).await;
    reopening::what_was_opened_in_vain_is_the_error_that_it_was(store).await;
    reopening::what_is_queued_or_worked_on_is_not_taken_back(store).await;
    reopening::who_finished_before_is_not_believed_again(store).await;
    repeats::a_repeated_call_gives_the_same_answer(store).await;
    leases::a_busy_claim_is_free_after_its_lease(store).await;
    leases::a_beat_keeps_the_claim(store).await;
    leases::the_budget_bounds_the_attempts(store).await;
    leases::a_job_of_an_older_epoch_is_superseded(store).await;
    versions::concurrent_claims_have_one_winner(store).await;
    versions::versions_grow_by_one_under_concurrent_writers(store).await;
    versions::a_deletion_beats_every_writer(store).await;
    lists::a_list_is_in_order_and_whole(store).await;
    lists::pages_neither_repeat_nor_skip_what_stays(store).await;
    lists::pages_are_stable_under_concurrent_writers(store).await;
    lists::a_state_lists_what_is_of_it(store).await;
    lists::a_change_of_state_between_pages_keeps_the_place(store).await;
    changes::every_change_is_told(store).await;
    oldest_open::an_open_medium_has_an_age_until_its_outcome(store).await;
}
