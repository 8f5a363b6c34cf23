/// Makes a stranger's text fit for a log, a message or a page: one line, of bounded length.
pub(crate) fn one_line(text: &str, max_chars: usize) -> String {
    let visible = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    text.chars().map(visible).take(max_chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line_and_ends() {
        assert_eq!(one_line("a\nb\x1b[31mc", 4), "a b ");
    }
}
