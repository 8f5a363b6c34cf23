"""Makes all files, their thumbnails and the table. See README.md."""

import gif_cases
import jpeg_cases
import jpeg_color_cases
import png_cases
import png_color_cases
import png_motion_cases
from book import Book


def main():
    book = Book()
    for cases in (png_cases, png_color_cases, png_motion_cases, jpeg_cases, jpeg_color_cases, gif_cases):
        cases.add(book)
    book.write_table()
    print(f"{len(book.rows)} rows, {len(book.kept)} thumbnails")


main()
