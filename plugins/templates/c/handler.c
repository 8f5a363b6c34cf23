// Makes pictures of {{name}} files: the line "{{name}} WIDTH HEIGHT", and then three bytes for each pixel.
//
// What is given back must come from malloc: the bindings free it when the host has taken it.

#include <stdlib.h>
#include <string.h>

#include "bindings/media_handler.h"

typedef exports_thumbnailify_handler_handler_description_t description;
typedef exports_thumbnailify_handler_handler_request_t request;
typedef exports_thumbnailify_handler_handler_picture_t picture;
typedef exports_thumbnailify_handler_handler_failure_t failure;
typedef thumbnailify_handler_source_borrow_blob_t blob;

static const char MAGIC[] = "{{name}} ";
static const size_t MAGIC_BYTES = sizeof MAGIC - 1;
static const uint32_t HEADER_MAX_BYTES = 64;
static const uint32_t WINDOW_BYTES = 64 * 1024;
static const uint64_t PIXELS_MAX = 1 << 24;

void exports_thumbnailify_handler_handler_describe(description *ret) {
    media_handler_string_dup(&ret->name, "{{name}}");
    media_handler_string_dup(&ret->version, "0.1.0");
    ret->media_types.len = 1;
    ret->media_types.ptr = calloc(1, sizeof *ret->media_types.ptr);
    thumbnailify_handler_types_media_type_t *type = ret->media_types.ptr;
    media_handler_string_dup(&type->mime, "image/x-{{name}}");
    type->extensions.len = 1;
    type->extensions.ptr = calloc(1, sizeof *type->extensions.ptr);
    media_handler_string_dup(type->extensions.ptr, "{{extension}}");
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

// Fills `bytes`, window by window. False where the file ends first.
static bool read_all(blob source, uint64_t offset, uint8_t *bytes, size_t count) {
    while (count > 0) {
        media_handler_list_u8_t window;
        uint32_t wanted = count < WINDOW_BYTES ? count : WINDOW_BYTES;
        thumbnailify_handler_source_method_blob_read_at(source, offset, wanted, &window);
        memcpy(bytes, window.ptr, window.len);
        bytes += window.len;
        offset += window.len;
        count -= window.len;
        bool ended = window.len == 0;
        media_handler_list_u8_free(&window);
        if (ended)
            return false;
    }
    return true;
}

// Reads a number and the one character after it. A number that is none, or too large, is 0.
static uint32_t number(const uint8_t **at, const uint8_t *end, uint8_t after) {
    uint64_t value = 0;
    while (*at < end && **at >= '0' && **at <= '9' && value <= UINT32_MAX)
        value = value * 10 + (*(*at)++ - '0');
    bool complete = *at < end && *(*at)++ == after;
    return complete && value <= UINT32_MAX ? (uint32_t)value : 0;
}

// Reads the header, and gives its length; 0 is malformed.
static size_t read_header(blob source, thumbnailify_handler_types_size_t *size) {
    media_handler_list_u8_t header;
    thumbnailify_handler_source_method_blob_read_at(source, 0, HEADER_MAX_BYTES, &header);
    size_t length = 0;
    if (header.len > MAGIC_BYTES && memcmp(header.ptr, MAGIC, MAGIC_BYTES) == 0) {
        const uint8_t *at = header.ptr + MAGIC_BYTES, *end = header.ptr + header.len;
        size->width = number(&at, end, ' ');
        size->height = number(&at, end, '\n');
        length = size->width > 0 && size->height > 0 ? at - header.ptr : 0;
    }
    media_handler_list_u8_free(&header);
    return length;
}

bool exports_thumbnailify_handler_handler_render(exports_thumbnailify_handler_handler_own_blob_t own,
                                                 request *request, picture *ret, failure *err) {
    (void)request; // The whole picture is given back, whatever is asked for: the host shrinks it.
    blob source = thumbnailify_handler_source_borrow_blob(own);
    thumbnailify_handler_types_size_t size;
    size_t header = read_header(source, &size);
    if (header == 0)
        return malformed(err, "The first line is not \"{{name}} WIDTH HEIGHT\".");
    uint64_t pixels = (uint64_t)size.width * size.height;
    uint8_t *bytes = pixels <= PIXELS_MAX ? malloc(pixels * 3) : NULL;
    if (bytes == NULL)
        return refuse(err, THUMBNAILIFY_HANDLER_TYPES_FAILURE_TOO_LARGE, "The picture is too large.");
    if (!read_all(source, header, bytes, pixels * 3))
        return malformed(err, "The file ends before the picture does.");
    memset(ret, 0, sizeof *ret);
    ret->source_size = size;
    ret->output.tag = THUMBNAILIFY_HANDLER_TYPES_OUTPUT_STILL;
    ret->output.val.still.size = size;
    ret->output.val.still.format = THUMBNAILIFY_HANDLER_TYPES_PIXEL_FORMAT_RGB8;
    ret->output.val.still.pixels.ptr = bytes;
    ret->output.val.still.pixels.len = pixels * 3;
    return true;
}
