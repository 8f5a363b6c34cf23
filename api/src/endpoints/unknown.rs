use crate::problem::Problem;

/// Answers for a path that no route has.
pub(crate) async fn no_such_route() -> Problem {
    Problem::no_such_route()
}

/// Answers for a method that a route does not take. The router adds `Allow`.
pub(crate) async fn no_such_method() -> Problem {
    Problem::no_such_method()
}
