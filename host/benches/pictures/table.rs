use crate::measure::{Figures, Row};

/// The head of the table of pictures. CPU times are in milliseconds.
pub(crate) const HEAD: &str = "\
| picture | KiB | rounds | **sandbox** ms | native ms | libvips ms | Pillow ms | **of libvips** | of Pillow | of native \
| MiB: ours / libvips / Pillow | dB: ours / libvips / Pillow | thumbnail KiB: ours / libvips / Pillow |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |";

impl Row {
    /// CPU time in the sandbox, as a ratio.
    pub(crate) fn of_libvips(&self) -> f64 {
        self.sandboxed.cpu_ms / self.libvips.cpu_ms
    }

    /// CPU time in the sandbox, as a ratio.
    pub(crate) fn of_pillow(&self) -> f64 {
        self.sandboxed.cpu_ms / self.pillow.cpu_ms
    }

    /// CPU time in the sandbox, as a ratio.
    fn of_native(&self) -> f64 {
        self.sandboxed.cpu_ms / self.native_cpu_ms
    }

    /// A figure of all three.
    fn all(&self, figure: fn(&Figures) -> f64) -> String {
        let [ours, libvips, pillow] = [&self.sandboxed, &self.libvips, &self.pillow].map(figure);
        format!("{ours:.1} / {libvips:.1} / {pillow:.1}")
    }
}

/// A line of the table.
pub(crate) fn line(row: &Row) -> String {
    format!(
        "| {} | {:.0} | {} | **{:.2}** | {:.2} | {:.2} | {:.2} | **{:.2}** | {:.2} | {:.2} | {} | {} | {} |",
        row.case.name(),
        row.upload_kib,
        row.rounds,
        row.sandboxed.cpu_ms,
        row.native_cpu_ms,
        row.libvips.cpu_ms,
        row.pillow.cpu_ms,
        row.of_libvips(),
        row.of_pillow(),
        row.of_native(),
        row.all(|figures| figures.memory_mib),
        row.all(|figures| figures.psnr_db),
        row.all(|figures| figures.thumbnail_kib),
    )
}
