/* What helper.c and inside.c share: how they find each other, and JSON written into a buffer that has an end. */

#ifndef TELLING_H
#define TELLING_H

#include <windows.h>
#include <stdio.h>
#include <wchar.h>

/* The name of the message by which a program is asked, and of the memory into which the answer is written. */
#define ASKED L"mfa-guide asks a window"
#define MEMORY L"mfa-guide hears a window"

/* What is asked: wParam of that message. */
enum { TELL = 1, REVEAL = 2 };

#define ROOM (1 << 20)

/* JSON that grows in a buffer. When it does not fit, `full` says so, and nothing is written behind the end. */
typedef struct {
    LONG length;
    BOOL full;
    /* Whether a comma comes before what is written next. */
    BOOL more;
    char text[ROOM];
} Telling;

static void put_bytes(Telling *out, const char *bytes, int count)
{
    if (out->full || count > ROOM - 1 - out->length) {
        out->full = TRUE;
        return;
    }
    memcpy(out->text + out->length, bytes, count);
    out->length += count;
    out->text[out->length] = 0;
}

static void put(Telling *out, const char *words)
{
    put_bytes(out, words, (int)strlen(words));
}

/* A text of Windows as a string of JSON, in UTF-8. Half a pair of surrogates becomes a question mark. */
static void put_string(Telling *out, const wchar_t *text)
{
    put(out, "\"");
    for (; *text; text++) {
        char bytes[8];
        if (*text == L'"' || *text == L'\\') {
            bytes[0] = '\\';
            bytes[1] = (char)*text;
            put_bytes(out, bytes, 2);
        } else if (*text < 0x20) {
            put_bytes(out, bytes, snprintf(bytes, sizeof bytes, "\\u%04x", *text));
        } else {
            int units = IS_HIGH_SURROGATE(text[0]) && IS_LOW_SURROGATE(text[1]) ? 2 : 1;
            int count = WideCharToMultiByte(CP_UTF8, 0, text, units, bytes, sizeof bytes, NULL, NULL);
            put_bytes(out, bytes, count);
            text += units - 1;
        }
    }
    put(out, "\"");
}

static void put_comma(Telling *out)
{
    if (out->more) put(out, ",");
    out->more = TRUE;
}

static void put_open(Telling *out, const char *bracket)
{
    put(out, bracket);
    out->more = FALSE;
}

static void put_close(Telling *out, const char *bracket)
{
    put(out, bracket);
    out->more = TRUE;
}

static void put_key(Telling *out, const char *key)
{
    put_comma(out);
    put(out, "\"");
    put(out, key);
    put(out, "\":");
}

static void put_text(Telling *out, const char *key, const wchar_t *text)
{
    put_key(out, key);
    put_string(out, text);
}

static void put_number(Telling *out, const char *key, LONG_PTR number)
{
    char digits[24];
    put_key(out, key);
    put_bytes(out, digits, snprintf(digits, sizeof digits, "%lld", (long long)number));
}

/* Left, top, width and height. */
static void put_box(Telling *out, const char *key, RECT box)
{
    char numbers[64];
    put_key(out, key);
    put_bytes(out, numbers, snprintf(numbers, sizeof numbers, "[%ld,%ld,%ld,%ld]", box.left, box.top,
                                     box.right - box.left, box.bottom - box.top));
}

#endif
