//! The handler that misbehaves on command.
//!
//! The upload's text is the command, one of [`COMMANDS`]. What the host makes of each is for its tests to
//! say; this crate only commits the offence. It never comes with the program.

mod secret;

use std::hint::black_box;

use thumbnailify_sdk::{
    Animation, Description, EmbeddedFile, Failure, Frame, Level, MediaHandler, MediaType, Output,
    Picture, PixelFormat, Raster, Request, Size, Source, export, log,
};

use secret::{leave_secret, seek_secret};

/// Does what it is told, however bad.
#[derive(Debug)]
pub struct Faulty;

export!(Faulty);

const MEDIA_TYPE: &str = "application/x-faulty";

impl MediaHandler for Faulty {
    fn describe() -> Description {
        let params = COMMANDS
            .iter()
            .map(|(name, sin, _)| ((*name).into(), (*sin).into()));
        Description {
            name: "faulty".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            media_types: vec![MediaType {
                mime: MEDIA_TYPE.into(),
                extensions: vec!["faulty".into()],
                magic: Vec::new(),
            }],
            params: params.collect(),
            hints: Vec::new(),
        }
    }

    fn render(source: &dyn Source, _: &Request) -> Result<Picture, Failure> {
        let text = source.read_at(0, 100);
        let text = String::from_utf8_lossy(&text);
        let command = COMMANDS.iter().find(|(name, _, _)| *name == text.trim());
        match command {
            Some((_, _, run)) => run(source),
            None => Err(Failure::Malformed(format!("There is no command {text:?}."))),
        }
    }
}

type Run = fn(&dyn Source) -> Result<Picture, Failure>;

/// Every command: its name, what it does, and how.
pub const COMMANDS: &[(&str, &str, Run)] = &[
    ("ok", "Gives a small red square.", |_| {
        Ok(still(red(16, 16)))
    }),
    ("moving", "Gives three frames.", |_| {
        Ok(moving(vec![red(8, 8), red(8, 8), red(8, 8)]))
    }),
    ("nap", "Counts for a while, then is good.", |_| Ok(nap())),
    (
        "leave",
        "Leaves a secret in its memory, and checks that it can be seen there.",
        |_| leave_secret(),
    ),
    (
        "seek",
        "Looks through its memory for the secret of another call, then is good.",
        |_| seek_secret(),
    ),
    // Traps.
    ("panic", "Panics.", |_| panic!("told to panic")),
    ("loop", "Never ends.", |_| endless_loop()),
    ("memory", "Allocates until there is nothing left.", |_| {
        all_memory()
    }),
    ("deep", "Calls itself until the stack is full.", |_| {
        Ok(still(red(deep(1), 1)))
    }),
    // Answers that are not what they say.
    ("lie", "Gives fewer pixels than the size says.", |_| {
        Ok(still(lie(16, 16, 3)))
    }),
    ("surplus", "Gives more pixels than the size says.", |_| {
        Ok(still(lie(1, 1, 4000)))
    }),
    ("empty", "Gives a picture of 0 x 0.", |_| {
        Ok(still(lie(0, 0, 0)))
    }),
    ("huge", "Gives 192 MiB of pixels.", |_| {
        Ok(still(red(8192, 8192)))
    }),
    ("overflow", "Gives a size that overflows.", |_| {
        Ok(still(lie(u32::MAX, u32::MAX, 3)))
    }),
    ("no-source-size", "Says that the source was 0 x 0.", |_| {
        Ok(no_source_size())
    }),
    ("no-frames", "Gives an animation of no frames.", |_| {
        Ok(moving(Vec::new()))
    }),
    ("many-frames", "Gives ten thousand frames.", |_| {
        Ok(moving(vec![red(1, 1); 10_000]))
    }),
    ("uneven", "Gives frames of different sizes.", |_| {
        Ok(moving(vec![red(8, 8), red(9, 8)]))
    }),
    ("metadata", "Gives 8 MiB of metadata.", |_| {
        Ok(much_metadata())
    }),
    (
        "embedded",
        "Says that the upload embeds itself.",
        |source| Ok(embedded(MEDIA_TYPE, source)),
    ),
    (
        "embedded-unknown",
        "Embeds what nobody handles.",
        |source| Ok(embedded("a/b", source)),
    ),
    ("embedded-rubbish", "Embeds a PNG that is none.", |source| {
        Ok(embedded("image/png", source))
    }),
    // Calls of the host.
    ("read", "Reads a byte at a time, for ever.", |source| {
        read_for_ever(source, 1)
    }),
    ("read-all", "Reads all there is, for ever.", |source| {
        read_for_ever(source, u32::MAX)
    }),
    (
        "read-beyond",
        "Reads beyond the end, then is good.",
        |source| Ok(read_beyond(source)),
    ),
    ("log", "Floods the log, then is good.", |_| Ok(flood_log())),
    // Failures, as they should be.
    ("fail-unsupported", "Fails.", |_| {
        Err(Failure::Unsupported("Told to fail.".into()))
    }),
    ("fail-malformed", "Fails.", |_| {
        Err(Failure::Malformed("Told to fail.".into()))
    }),
    ("fail-encrypted", "Fails.", |_| {
        Err(Failure::Encrypted("Told to fail.".into()))
    }),
    ("fail-too-large", "Fails.", |_| {
        Err(Failure::TooLarge("Told to fail.".into()))
    }),
    ("fail-no-picture", "Fails.", |_| {
        Err(Failure::NoPicture("Told to fail.".into()))
    }),
    ("fail-other", "Fails.", |_| {
        Err(Failure::Other("Told to fail.".into()))
    }),
    ("fail-long", "Fails with 8 MiB of text.", |_| {
        Err(Failure::Other("no ".repeat(3 << 20)))
    }),
];

fn still(raster: Raster) -> Picture {
    let size = raster.size;
    Picture::still(raster, size)
}

fn red(width: u32, height: u32) -> Raster {
    let size = Size { width, height };
    let pixels = [255, 0, 0].repeat(size.pixels() as usize);
    Raster {
        size,
        format: PixelFormat::Rgb8,
        pixels,
    }
}

fn lie(width: u32, height: u32, bytes: usize) -> Raster {
    let size = Size { width, height };
    Raster {
        size,
        format: PixelFormat::Rgb8,
        pixels: vec![0; bytes],
    }
}

fn no_source_size() -> Picture {
    Picture::still(
        red(16, 16),
        Size {
            width: 0,
            height: 0,
        },
    )
}

fn moving(rasters: Vec<Raster>) -> Picture {
    let frames = rasters.into_iter().map(|raster| Frame {
        raster,
        delay_ms: 100,
    });
    let animation = Animation {
        frames: frames.collect(),
        loop_count: 0,
    };
    Picture {
        output: Output::Animation(animation),
        ..still(red(8, 8))
    }
}

fn much_metadata() -> Picture {
    let fact = ("n".repeat(1 << 10), "v".repeat(1 << 10));
    Picture {
        metadata: vec![fact; 4 << 10],
        ..still(red(16, 16))
    }
}

fn embedded(media_type: &str, source: &dyn Source) -> Picture {
    let bytes = source.read_at(0, 100);
    let file = EmbeddedFile {
        media_type: media_type.into(),
        bytes,
    };
    Picture {
        output: Output::Embedded(file),
        ..still(red(16, 16))
    }
}

/// Some tenths of a second: there is no clock in the sandbox.
fn nap() -> Picture {
    let counted = (0..400_000_000_u64).fold(0, |count, step| black_box(count ^ step));
    black_box(counted);
    still(red(16, 16))
}

fn endless_loop() -> ! {
    let mut count: u64 = 0;
    loop {
        count = black_box(count).wrapping_add(1);
    }
}

fn all_memory() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; 1 << 20]));
    }
}

fn deep(depth: u32) -> u32 {
    let room = black_box([depth; 256]);
    if room[0] == 0 {
        0
    } else {
        deep(depth.wrapping_add(1)).wrapping_add(room[255])
    }
}

fn read_for_ever(source: &dyn Source, len: u32) -> ! {
    loop {
        black_box(source.read_at(0, len));
    }
}

fn read_beyond(source: &dyn Source) -> Picture {
    for offset in [source.size(), source.size() + 1, u64::MAX] {
        assert!(source.read_at(offset, u32::MAX).is_empty());
    }
    assert!(source.read_at(0, 0).is_empty());
    still(red(16, 16))
}

fn flood_log() -> Picture {
    let line = "flood ".repeat(1000);
    (0..10_000).for_each(|_| log(Level::Error, &line));
    still(red(16, 16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let names: HashSet<_> = COMMANDS.iter().map(|(name, _, _)| name).collect();
        assert_eq!(names.len(), COMMANDS.len());
    }
}
