use reqwest::StatusCode;

use crate::harness::{Answer, TestApi};

#[tokio::test]
async fn an_unknown_path_is_a_problem() {
    let api = TestApi::start().await;
    for path in ["/", "/image", "/images/", "/images/1/2/3"] {
        let response = api.get(path).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::NOT_FOUND).await;
        assert_eq!(
            problem.header("x-content-type-options"),
            "nosniff",
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem_that_names_the_right_ones() {
    let api = TestApi::start().await;
    for (path, allow) in [
        ("/images", "GET,HEAD,POST"),
        ("/images/1", "GET,HEAD,DELETE"),
        ("/livez", "GET,HEAD"),
    ] {
        let response = api.client.put(api.url(path)).send().await.unwrap();
        let problem = Answer::expect_problem(response, StatusCode::METHOD_NOT_ALLOWED).await;
        assert_eq!(problem.header("allow"), allow);
    }
}
