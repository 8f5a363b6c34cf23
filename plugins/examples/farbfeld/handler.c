// Makes pictures of farbfeld files: the word "farbfeld", width and height, and then red, green, blue and alpha of
// each pixel, 16 bits each (https://tools.suckless.org/farbfeld/). All numbers are big-endian.
//
// The picture is shrunk while it is read: in memory are one window of the file, one row of sums, and the raster.
// What is given back must come from malloc: the bindings free it when the host has taken it.

#include <stdlib.h>
#include <string.h>

#include "bindings/media_handler.h"

typedef exports_thumbnailify_handler_handler_description_t description;
typedef exports_thumbnailify_handler_handler_request_t request;
typedef exports_thumbnailify_handler_handler_picture_t picture;
typedef exports_thumbnailify_handler_handler_failure_t failure;
typedef thumbnailify_handler_source_borrow_blob_t blob;
typedef thumbnailify_handler_types_size_t size;

static const char MAGIC[] = "farbfeld";
enum { MAGIC_BYTES = sizeof MAGIC - 1, HEADER_BYTES = MAGIC_BYTES + 8, PIXEL_BYTES = 8, CHANNELS = 4 };
static const uint32_t WINDOW_BYTES = 64 * 1024;
// A file of one GiB.
static const uint64_t PIXELS_MAX = 1 << 27;

void exports_thumbnailify_handler_handler_describe(description *ret) {
    media_handler_string_dup(&ret->name, "farbfeld");
    media_handler_string_dup(&ret->version, "0.1.0");
    ret->media_types.len = 1;
    ret->media_types.ptr = calloc(1, sizeof *ret->media_types.ptr);
    thumbnailify_handler_types_media_type_t *type = ret->media_types.ptr;
    media_handler_string_dup(&type->mime, "image/x-farbfeld");
    type->extensions.len = 1;
    type->extensions.ptr = calloc(1, sizeof *type->extensions.ptr);
    media_handler_string_dup(type->extensions.ptr, "ff");
    type->magic.len = 1;
    type->magic.ptr = calloc(1, sizeof *type->magic.ptr); // f0 is the offset of f1 in the file, and stays 0.
    type->magic.ptr->f1.len = MAGIC_BYTES;
    type->magic.ptr->f1.ptr = memcpy(malloc(MAGIC_BYTES), MAGIC, MAGIC_BYTES);
    ret->params.len = 0;
    ret->hints.len = 0;
}

// Every kind of failure holds one sentence for the person who uploaded the file.
static bool refuse(failure *err, uint8_t kind, const char *sentence) {
    err->tag = kind;
    media_handler_string_dup(&err->val.other, sentence);
    return false;
}

static bool malformed(failure *err, const char *sentence) {
    return refuse(err, THUMBNAILIFY_HANDLER_TYPES_FAILURE_MALFORMED, sentence);
}

static bool too_large(failure *err) {
    return refuse(err, THUMBNAILIFY_HANDLER_TYPES_FAILURE_TOO_LARGE, "The picture is too large.");
}

// A file that is read from front to back through a window.
typedef struct {
    blob source;
    uint64_t offset;
    media_handler_list_u8_t window;
    size_t used;
} reader;

// Gives the next `count` bytes, a divisor of the window, so that only the end of the file cuts them off: NULL.
static const uint8_t *next(reader *reader, size_t count) {
    if (reader->window.len - reader->used < count) {
        media_handler_list_u8_free(&reader->window);
        thumbnailify_handler_source_method_blob_read_at(reader->source, reader->offset, WINDOW_BYTES, &reader->window);
        reader->offset += reader->window.len;
        reader->used = 0;
        if (reader->window.len < count)
            return NULL;
    }
    const uint8_t *bytes = reader->window.ptr + reader->used;
    reader->used += count;
    return bytes;
}

static uint32_t u16_at(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static uint32_t u32_at(const uint8_t *at) { return u16_at(at) << 16 | u16_at(at + 2); }

// How many pixels of a side become one, so that twice the thumbnail is left.
static uint32_t box_side(uint32_t side, double scale) {
    double thumbnail = __builtin_floor(side * scale + 0.5);
    double pixels = side / 2.0 / (thumbnail > 1 ? thumbnail : 1);
    return pixels > 1 ? (uint32_t)pixels : 1;
}

static size box_of(size source, const request *request) {
    double across = (double)request->target.width / source.width;
    double down = (double)request->target.height / source.height;
    if (request->fit == THUMBNAILIFY_HANDLER_TYPES_FIT_CONTAIN)
        across = down = across < down ? across : down;
    else if (request->fit == THUMBNAILIFY_HANDLER_TYPES_FIT_COVER)
        across = down = across > down ? across : down;
    return (size){box_side(source.width, across), box_side(source.height, down)};
}

static uint32_t boxes(uint32_t side, uint32_t box) { return side / box + (side % box != 0); }

static uint8_t to_8_bits(uint64_t sum, uint64_t count) {
    uint64_t mean = (sum + count / 2) / count;
    return (uint8_t)((mean * 255 + 32767) / 65535);
}

// Adds a row to the sums of its boxes. Alpha weighs the colours: what is transparent has none.
static bool add_row(reader *reader, uint32_t width, uint32_t box, uint64_t *sums) {
    for (uint32_t x = 0; x < width; x++) {
        const uint8_t *pixel = next(reader, PIXEL_BYTES);
        if (pixel == NULL)
            return false;
        uint64_t *sum = sums + (size_t)(x / box) * CHANNELS, alpha = u16_at(pixel + 6);
        for (int channel = 0; channel < 3; channel++)
            sum[channel] += u16_at(pixel + 2 * channel) * alpha;
        sum[3] += alpha;
    }
    return true;
}

// Writes the means of a row of boxes, each `rows` high, and starts the sums again.
static uint8_t *write_row(uint8_t *to, uint64_t *sums, uint32_t width, uint32_t box, uint32_t rows) {
    for (uint32_t x = 0; x < width; x += box) {
        uint64_t alpha = sums[3], columns = width - x < box ? width - x : box;
        for (int channel = 0; channel < 3; channel++)
            *to++ = alpha == 0 ? 0 : to_8_bits(sums[channel], alpha);
        *to++ = to_8_bits(alpha, columns * rows);
        memset(sums, 0, CHANNELS * sizeof *sums);
        sums += CHANNELS;
    }
    return to;
}

static bool shrink(reader *reader, size source, size box, uint64_t *sums, uint8_t *raster) {
    for (uint32_t y = 0; y < source.height; y += box.height) {
        uint32_t rows = source.height - y < box.height ? source.height - y : box.height;
        for (uint32_t row = 0; row < rows; row++)
            if (!add_row(reader, source.width, box.width, sums))
                return false;
        raster = write_row(raster, sums, source.width, box.width, rows);
    }
    return true;
}

bool exports_thumbnailify_handler_handler_render(exports_thumbnailify_handler_handler_own_blob_t own,
                                                 request *request, picture *ret, failure *err) {
    reader reader = {.source = thumbnailify_handler_source_borrow_blob(own)};
    const uint8_t *header = next(&reader, HEADER_BYTES);
    if (header == NULL || memcmp(header, MAGIC, MAGIC_BYTES) != 0)
        return malformed(err, "The file does not begin as farbfeld does.");
    size source = {u32_at(header + MAGIC_BYTES), u32_at(header + MAGIC_BYTES + 4)};
    uint64_t pixels = (uint64_t)source.width * source.height;
    if (pixels == 0)
        return malformed(err, "The picture has no pixels.");
    if (pixels > PIXELS_MAX)
        return too_large(err);

    size box = box_of(source, request);
    size small = {boxes(source.width, box.width), boxes(source.height, box.height)};
    size_t bytes = (size_t)small.width * small.height * CHANNELS;
    uint64_t *sums = calloc((size_t)small.width * CHANNELS, sizeof *sums);
    uint8_t *raster = malloc(bytes);
    if (sums == NULL || raster == NULL)
        return too_large(err);
    if (!shrink(&reader, source, box, sums, raster))
        return malformed(err, "The file ends before the picture does.");

    memset(ret, 0, sizeof *ret);
    ret->source_size = source;
    ret->output.tag = THUMBNAILIFY_HANDLER_TYPES_OUTPUT_STILL;
    ret->output.val.still.size = small;
    ret->output.val.still.format = THUMBNAILIFY_HANDLER_TYPES_PIXEL_FORMAT_RGBA8;
    ret->output.val.still.pixels.ptr = raster;
    ret->output.val.still.pixels.len = bytes;
    return true; // The sandbox ends with this call, and frees all that is left.
}
