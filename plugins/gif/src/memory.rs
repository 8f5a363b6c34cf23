use thumbnailify_sdk::{Failure, Size};

/// Room for so many values and no more, for a canvas of this size.
///
/// # Errors
///
/// Without memory for it the canvas is too large.
pub(crate) fn reserved<T>(count: usize, canvas: Size) -> Result<Vec<T>, Failure> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(count)
        .map_err(|_| Failure::too_large(canvas))?;
    Ok(values)
}

/// So many values that say nothing yet.
///
/// # Errors
///
/// Those of [`reserved`].
pub(crate) fn blank<T: Clone + Default>(count: usize, canvas: Size) -> Result<Vec<T>, Failure> {
    let mut values = reserved(count, canvas)?;
    values.resize(count, T::default());
    Ok(values)
}
