mod animations;
mod colors;
mod damage;
pub(crate) mod files;
mod kinds;
mod oracle;

use thumbnailify_sdk::{Failure, MediaHandler, Output, Picture, Raster, Request, Size};

use crate::Png;

fn request() -> Request {
    Request::still(
        "image/png",
        Size {
            width: 100,
            height: 100,
        },
    )
}

fn render(bytes: &[u8]) -> Result<Picture, Failure> {
    Png::render(&bytes, &request())
}

fn still(picture: Picture) -> Raster {
    match picture.output {
        Output::Still(raster) => raster,
        other => panic!("a still picture was asked for, not {other:?}"),
    }
}

fn rendered(bytes: &[u8]) -> Raster {
    still(render(bytes).unwrap())
}
