//! What users are promised holds as well where the queue delivers everything several times: at once, late,
//! and after the acknowledgement.

use reqwest::StatusCode;
use thumbnailify_tests::pictures::png;
use thumbnailify_tests::{Backends, Stack, eventually};

/// Makes a test of each behaviour on such a queue. NATS is below it.
macro_rules! where_everything_comes_again {
    ($($module:ident: $($behaviour:ident),+;)+) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $behaviour() {
                crate::$module::$behaviour(thumbnailify_tests::Backends::repeating()).await;
            })+
        })+
    };
}

where_everything_comes_again!(
    dead_letters:
        a_job_that_is_given_up_leaves_a_letter_and_can_be_tried_again,
        a_broken_upload_is_kept_and_leaves_no_letter,
        the_letter_of_a_deleted_image_goes_with_it;
    deleting:
        a_completed_image_is_deleted_with_its_files,
        a_failed_image_is_deleted_with_its_upload,
        an_image_that_is_being_worked_on_is_deleted_and_stays_away,
        an_image_that_waits_is_deleted_and_stays_away;
    drop_in:
        a_file_that_is_dropped_in_takes_jobs_and_one_that_is_taken_out_takes_none;
    listing:
        pages_show_each_image_once_while_others_come_and_go,
        a_state_lists_the_images_that_are_in_it;
    load:
        two_hundred_uploads_at_once_are_all_completed;
    options:
        options_reach_the_worker;
    original_cases:
        good_pictures_are_completed_and_fit_into_the_box_in_their_own_format,
        rubbish_is_accepted_and_ends_as_an_error,
        the_five_keys_of_a_status_are_as_they_were;
    poison:
        an_upload_on_which_its_handler_crashed_twice_is_not_run_again;
    reconciling:
        an_original_without_a_record_becomes_an_image,
        the_original_of_a_completed_image_is_removed,
        an_image_whose_files_are_lost_ends_as_an_error;
    retries:
        every_attempt_is_in_the_history;
);

/// The last deliveries come when everything is over, and are no reason to run the handler.
#[tokio::test(flavor = "multi_thread")]
async fn each_image_is_made_once_however_often_its_job_comes() {
    const IMAGES: usize = 20;
    let stack = Stack::start_with(Backends::repeating(), |settings| {
        settings.worker.lease_s = 10;
    })
    .await;
    let mut uploads = Vec::new();
    for _ in 0..IMAGES {
        uploads.push(stack.client.upload("image/png", &png(200, 100)).await);
    }
    for upload in &uploads {
        let (code, status) = stack.client.outcome(upload).await;
        assert_eq!(code, StatusCode::OK, "{status}");
    }
    // On a busy machine the queue below repeats one itself, which is repeated in its turn.
    eventually("every job to have come three times more", async || {
        (stack.acknowledged_copies() >= 3 * IMAGES).then_some(())
    })
    .await;
    for upload in &uploads {
        let (_, status) = stack.client.outcome(upload).await;
        assert_eq!(status["attempts"], 1, "{status}");
        assert_eq!(status["history"].as_array().unwrap().len(), 3, "{status}");
    }
    assert_eq!(stack.files("media/thumbnails").len(), IMAGES);
    stack.stop().await;
}
