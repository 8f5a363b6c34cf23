use reqwest::StatusCode;

use crate::harness::{Answer, TestApi};

#[tokio::test]
async fn a_deleted_image_is_gone_with_its_files() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    api.complete(id, b"thumbnail").await;
    assert_eq!(api.files().len(), 2);

    let url = api.url(&format!("/images/{id}"));
    let response = api.client.delete(&url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.text().await.unwrap(), "");
    assert_eq!(api.files(), Vec::<String>::new());

    for request in [api.client.get(&url), api.client.delete(&url)] {
        Answer::expect_problem(request.send().await.unwrap(), StatusCode::NOT_FOUND).await;
    }
    let thumbnail = api
        .get(&format!("/images/{id}/thumbnail"))
        .send()
        .await
        .unwrap();
    Answer::expect_problem(thumbnail, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_thumbnail_cannot_be_deleted_alone() {
    let api = TestApi::start().await;
    let id = api.upload().await;
    let url = api.url(&format!("/images/{id}/thumbnail"));
    let response = api.client.delete(&url).send().await.unwrap();
    let problem = Answer::expect_problem(response, StatusCode::METHOD_NOT_ALLOWED).await;
    assert_eq!(problem.header("allow"), "GET,HEAD");
    let image = api.get(&format!("/images/{id}")).send().await.unwrap();
    Answer::expect(image, StatusCode::ACCEPTED).await;
}
