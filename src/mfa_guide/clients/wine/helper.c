/* helper.exe: eyes and hands among the windows of Windows programs.
 *
 * It runs beside them in the same prefix. A request is one line on standard input, in UTF-8: a word and its arguments,
 * with tabs between them; \t, \n and \\ stand for a tab, a new line and a backslash in an argument. The answer is one
 * line of JSON: {"failed": "…"} when it could not be done, otherwise what was asked for. It ends when its input does.
 *
 * Mouse and keyboard are those of the desktop (SendInput), so that a program gets from us what it gets from a reader.
 * What a window tells is asked inside its program: see inside.c.
 */

#include "telling.h"
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>

/* The longest request, in bytes, and how many words it may have. */
#define LONGEST 65536
#define WORDS 8
/* How long a program may take to tell of a window, or to come to the front, in milliseconds. */
#define ANSWERS_WITHIN 3000
#define COMES_WITHIN 2000
/* Between two moves or strokes, in milliseconds: faster ones become one. */
#define STROKE 8
/* After which the screen has told of all that was done with the mouse, in milliseconds. */
#define SETTLED 100

static HANDLE memory;
static Telling *heard;
static Telling answer;
static HMODULE dll;
static HOOKPROC inside;
static UINT asked;

static void failed(const wchar_t *what, const wchar_t *which)
{
    wchar_t words[1024];
    _snwprintf(words, 1023, L"%ls%ls", what, which);
    words[1023] = 0;
    answer.length = 0;
    answer.full = FALSE;
    put_open(&answer, "{");
    put_text(&answer, "failed", words);
    put_close(&answer, "}");
}

static void done(void)
{
    put(&answer, "{}");
}

static HWND window_at(const wchar_t *number)
{
    return (HWND)(LONG_PTR)_wcstoi64(number, NULL, 10);
}

/* -- asking windows ----------------------------------------------------------------------------------------------- */

/* Have a program hear one of our messages inside. */
static BOOL ask(HWND window, WPARAM what, LPARAM about)
{
    DWORD_PTR result;
    HHOOK hook = SetWindowsHookExW(WH_CALLWNDPROC, inside, dll, GetWindowThreadProcessId(window, NULL));
    if (!hook) return FALSE;
    BOOL heard_it = SendMessageTimeoutW(window, asked, what, about, SMTO_ABORTIFHUNG, ANSWERS_WITHIN, &result) != 0;
    UnhookWindowsHookEx(hook);
    return heard_it;
}

/* The name of the .exe file that has a window. */
static BOOL program_of(HWND window, wchar_t *name, DWORD room)
{
    DWORD process;
    wchar_t path[MAX_PATH];
    DWORD length = MAX_PATH;
    GetWindowThreadProcessId(window, &process);
    HANDLE handle = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process);
    BOOL told = handle && QueryFullProcessImageNameW(handle, 0, path, &length);
    if (handle) CloseHandle(handle);
    if (!told) return FALSE;
    const wchar_t *last = wcsrchr(path, L'\\');
    _snwprintf(name, room - 1, L"%ls", last ? last + 1 : path);
    name[room - 1] = 0;
    return TRUE;
}

/* Tooltips come and go with the mouse, and the list of a drop-down is told with the drop-down. */
static BOOL belongs_to_others(HWND window)
{
    wchar_t class[64];
    return !GetClassNameW(window, class, 64) || !_wcsicmp(class, L"tooltips_class32") || !_wcsicmp(class, L"ComboLBox");
}

static BOOL CALLBACK tell_if_wanted(HWND window, LPARAM program)
{
    wchar_t name[MAX_PATH];
    if (!IsWindowVisible(window) || belongs_to_others(window)) return TRUE;
    if (!program_of(window, name, MAX_PATH) || _wcsicmp(name, (const wchar_t *)program)) return TRUE;
    heard->length = 0;
    heard->full = FALSE;
    heard->more = FALSE;
    /* A window that closes meanwhile tells nothing. */
    if (!ask(window, TELL, 0) || !heard->length) return TRUE;
    put_comma(&answer);
    if (heard->full) answer.full = TRUE;
    put_bytes(&answer, heard->text, heard->length);
    return TRUE;
}

/* What a window has opened stays before it on Windows; Wine without a window manager forgets that at a click. */
static BOOL CALLBACK raise_owned(HWND window, LPARAM unused)
{
    HWND owner = GetWindow(window, GW_OWNER);
    (void)unused;
    if (!owner || !IsWindowVisible(window)) return TRUE;
    for (HWND before = window; before; before = GetWindow(before, GW_HWNDPREV)) {
        if (before != owner) continue;
        SetWindowPos(window, HWND_TOP, 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE);
        break;
    }
    return TRUE;
}

/* windows PROGRAM: the windows that it shows, the topmost first, each with all that is in it. */
static void tell_windows(wchar_t **words)
{
    put_open(&answer, "{");
    put_key(&answer, "windows");
    put_open(&answer, "[");
    EnumWindows(raise_owned, 0);
    EnumWindows(tell_if_wanted, (LPARAM)words[1]);
    put_close(&answer, "]");
    put_close(&answer, "}");
    if (answer.full) failed(L"the windows tell more than fits: ", words[1]);
}

/* reveal CONTROL ITEM: scroll until an item shows. */
static void reveal(wchar_t **words)
{
    if (ask(window_at(words[1]), REVEAL, (LPARAM)_wcstoi64(words[2], NULL, 10))) done();
    else failed(L"the window closes", L"");
}

/* -- the mouse ---------------------------------------------------------------------------------------------------- */

/* Windows takes places on the screen in 65536 parts of its width and height. */
static LONG part_of(int place, int whole)
{
    return (LONG)(((LONGLONG)place * 65536 + whole - 1) / whole);
}

/* Move the mouse, and press or release a button there. Both are one event: what the screen says of earlier moves
 * comes late, and must not come between them. */
static void mouse(int x, int y, DWORD button)
{
    INPUT input = {.type = INPUT_MOUSE};
    input.mi.dwFlags = MOUSEEVENTF_MOVE | MOUSEEVENTF_ABSOLUTE | button;
    input.mi.dx = part_of(x, GetSystemMetrics(SM_CXSCREEN));
    input.mi.dy = part_of(y, GetSystemMetrics(SM_CYSCREEN));
    SendInput(1, &input, sizeof input);
    Sleep(STROKE);
}

/* Two clicks are not to be taken for a double click: nobody is so fast who reads between them. PuTTY's terminal does
 * not even ask whether both are on one place. */
static ULONGLONG last_click;

static void wait_for_single_click(void)
{
    ULONGLONG again = last_click + GetDoubleClickTime() + STROKE, now = GetTickCount64();
    if (now < again) Sleep((DWORD)(again - now));
}

/* click X Y BUTTON TIMES: BUTTON is left or right. */
static void click(wchar_t **words)
{
    int x = _wtoi(words[1]), y = _wtoi(words[2]);
    BOOL right = !wcscmp(words[3], L"right");
    wait_for_single_click();
    mouse(x, y, 0);
    for (int times = _wtoi(words[4]); times > 0; times--) {
        mouse(x, y, right ? MOUSEEVENTF_RIGHTDOWN : MOUSEEVENTF_LEFTDOWN);
        mouse(x, y, right ? MOUSEEVENTF_RIGHTUP : MOUSEEVENTF_LEFTUP);
    }
    last_click = GetTickCount64();
    done();
}

/* drag X Y X Y: from one point to another with the button held down. */
static void drag(wchar_t **words)
{
    int from_x = _wtoi(words[1]), from_y = _wtoi(words[2]), to_x = _wtoi(words[3]), to_y = _wtoi(words[4]);
    wait_for_single_click();
    mouse(from_x, from_y, 0);
    mouse(from_x, from_y, MOUSEEVENTF_LEFTDOWN);
    mouse((from_x + to_x) / 2, (from_y + to_y) / 2, 0);
    mouse(to_x, to_y, 0);
    mouse(to_x, to_y, MOUSEEVENTF_LEFTUP);
    last_click = GetTickCount64();
    done();
}

/* wander X Y WIDTH HEIGHT MOVES: move here and there in a part of the screen, as somebody does who is told to. */
static void wander(wchar_t **words)
{
    int x = _wtoi(words[1]), y = _wtoi(words[2]), width = _wtoi(words[3]), height = _wtoi(words[4]);
    if (width < 1 || height < 1) {
        failed(L"there is no room to move the mouse in", L"");
        return;
    }
    for (int moves = _wtoi(words[5]); moves > 0; moves--) mouse(x + rand() % width, y + rand() % height, 0);
    done();
}

/* -- the keyboard ------------------------------------------------------------------------------------------------- */

static INPUT of_key(WORD key, BOOL up)
{
    INPUT input = {.type = INPUT_KEYBOARD};
    input.ki.wVk = key;
    input.ki.wScan = (WORD)MapVirtualKeyW(key, MAPVK_VK_TO_VSC);
    input.ki.dwFlags = up ? KEYEVENTF_KEYUP : 0;
    return input;
}

/* A character that the keyboard has no key for is sent as such. */
static void type_unknown(wchar_t letter)
{
    INPUT input = {.type = INPUT_KEYBOARD};
    input.ki.wScan = letter;
    input.ki.dwFlags = KEYEVENTF_UNICODE;
    SendInput(1, &input, sizeof input);
    input.ki.dwFlags |= KEYEVENTF_KEYUP;
    SendInput(1, &input, sizeof input);
    Sleep(STROKE);
}

/* The keys that change others, in the order of the bits that VkKeyScan sets. */
static const WORD changing[] = {VK_SHIFT, VK_CONTROL, VK_MENU};

/* Press a key while others are held: all of it at once. What the screen tells late of a move of the mouse releases those
 * that are held, and would come between what is sent one after the other. */
static void stroke_with(int which, WORD key)
{
    INPUT inputs[8];
    UINT count = 0;
    for (int at = 0; at < 3; at++)
        if (which & (1 << at)) inputs[count++] = of_key(changing[at], FALSE);
    inputs[count++] = of_key(key, FALSE);
    inputs[count++] = of_key(key, TRUE);
    for (int at = 0; at < 3; at++)
        if (which & (1 << at)) inputs[count++] = of_key(changing[at], TRUE);
    SendInput(count, inputs, sizeof *inputs);
    Sleep(2 * STROKE);
}

/* type TEXT: the strokes for it, wherever the keyboard is. */
static void type(wchar_t **words)
{
    Sleep(SETTLED);
    for (const wchar_t *letter = words[1]; *letter; letter++) {
        SHORT key = VkKeyScanW(*letter);
        if (key == -1) type_unknown(*letter);
        else stroke_with(HIBYTE(key), LOBYTE(key));
    }
    done();
}

/* The key that a name stands for, with a bit for each key that is held with it as VkKeyScan has them; 0 for none. */
static int key_called(const wchar_t *name)
{
    static const struct { const wchar_t *name; int key; } keys[] = {
        {L"Shift", 1 << 8}, {L"Ctrl", 2 << 8}, {L"Home", VK_HOME}, {L"End", VK_END}, {L"Enter", VK_RETURN}, {L"Esc", VK_ESCAPE}, {L"Delete", VK_DELETE},
    };
    for (size_t at = 0; at < sizeof keys / sizeof *keys; at++)
        if (!wcscmp(name, keys[at].name)) return keys[at].key;
    return name[0] && !name[1] ? LOBYTE(VkKeyScanW(name[0] | 0x20)) : 0;
}

/* keys NAMES: press keys together, such as Ctrl+C. */
static void press_keys(wchar_t **words)
{
    int together = 0;
    for (wchar_t *name = wcstok(words[1], L"+"); name; name = wcstok(NULL, L"+")) {
        int key = key_called(name);
        /* One key, and those that are held with it. */
        if (!key || (LOBYTE(key) && LOBYTE(together))) {
            failed(L"no key is called ", name);
            return;
        }
        together |= key;
    }
    if (!LOBYTE(together)) {
        failed(L"no key is pressed", L"");
        return;
    }
    Sleep(SETTLED);
    stroke_with(HIBYTE(together), LOBYTE(together));
    done();
}

/* -- windows ------------------------------------------------------------------------------------------------------ */

/* front WINDOW: bring it before the others, with the keyboard in it. */
static void front(wchar_t **words)
{
    HWND window = window_at(words[1]);
    ULONGLONG deadline = GetTickCount64() + COMES_WITHIN;
    while (GetForegroundWindow() != window) {
        if (!IsWindow(window) || GetTickCount64() > deadline) {
            failed(L"the window does not come to the front", L"");
            return;
        }
        SetForegroundWindow(window);
        EnumWindows(raise_owned, 0);
        Sleep(STROKE);
    }
    done();
}

/* at X Y: the window that is there, in whose place the mouse would act. */
static void at(wchar_t **words)
{
    POINT point = {_wtoi(words[1]), _wtoi(words[2])};
    put_open(&answer, "{");
    put_number(&answer, "window", (LONG_PTR)GetAncestor(WindowFromPoint(point), GA_ROOT));
    put_close(&answer, "}");
}

/* start PROGRAM FOLDER: as the Start menu does, in a folder. */
static void start(wchar_t **words)
{
    wchar_t path[MAX_PATH];
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION started;
    if (!SearchPathW(NULL, words[1], L".exe", MAX_PATH, path, NULL)) {
        failed(L"no program is called ", words[1]);
        return;
    }
    if (!CreateProcessW(path, NULL, NULL, NULL, FALSE, 0, NULL, *words[2] ? words[2] : NULL, &how, &started)) {
        failed(L"it does not start: ", path);
        return;
    }
    CloseHandle(started.hThread);
    CloseHandle(started.hProcess);
    done();
}

/* taskbar: where it is; nowhere when there is none. */
static void tell_taskbar(wchar_t **words)
{
    HWND bar = FindWindowW(L"Shell_TrayWnd", NULL);
    RECT where = {.left = 0};
    (void)words;
    if (bar) GetWindowRect(bar, &where);
    put_open(&answer, "{");
    put_box(&answer, "box", where);
    put_close(&answer, "}");
}

/* -- the clipboard ------------------------------------------------------------------------------------------------ */

static BOOL open_clipboard(void)
{
    /* Another program may have it open for a moment. */
    for (int tries = 0; tries < 100; tries++) {
        if (OpenClipboard(NULL)) return TRUE;
        Sleep(STROKE);
    }
    failed(L"another program keeps the clipboard", L"");
    return FALSE;
}

/* clipboard: the text in it. */
static void tell_clipboard(wchar_t **words)
{
    (void)words;
    if (!open_clipboard()) return;
    HANDLE data = GetClipboardData(CF_UNICODETEXT);
    const wchar_t *text = data ? GlobalLock(data) : NULL;
    put_open(&answer, "{");
    put_text(&answer, "text", text ? text : L"");
    put_close(&answer, "}");
    if (text) GlobalUnlock(data);
    CloseClipboard();
}

/* copy TEXT: put it into the clipboard; nothing empties it. */
static void copy(wchar_t **words)
{
    size_t size = (wcslen(words[1]) + 1) * sizeof(wchar_t);
    if (!open_clipboard()) return;
    EmptyClipboard();
    if (*words[1]) {
        HGLOBAL data = GlobalAlloc(GMEM_MOVEABLE, size);
        if (data) {
            memcpy(GlobalLock(data), words[1], size);
            GlobalUnlock(data);
            SetClipboardData(CF_UNICODETEXT, data);
        }
    }
    CloseClipboard();
    done();
}

/* -- requests ----------------------------------------------------------------------------------------------------- */

static const struct {
    const wchar_t *word;
    int arguments;
    void (*act)(wchar_t **words);
} requests[] = {
    {L"windows", 1, tell_windows}, {L"reveal", 2, reveal}, {L"click", 4, click},
    {L"drag", 4, drag}, {L"wander", 5, wander}, {L"type", 1, type}, {L"keys", 1, press_keys}, {L"front", 1, front},
    {L"at", 2, at}, {L"start", 2, start}, {L"taskbar", 0, tell_taskbar},
    {L"clipboard", 0, tell_clipboard}, {L"copy", 1, copy},
};

/* Take a word of a request as it was before tabs, new lines and backslashes in it were written otherwise. */
static void unescape(wchar_t *word)
{
    wchar_t *to = word;
    for (const wchar_t *from = word; *from; from++) {
        if (*from == L'\\' && from[1]) {
            from++;
            *to++ = *from == L't' ? L'\t' : *from == L'n' ? L'\n' : *from;
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
}

static void carry_out(wchar_t *line)
{
    wchar_t *words[WORDS];
    int count = 0;
    while (line && count < WORDS) {
        words[count++] = line;
        line = wcschr(line, L'\t');
        if (line) *line++ = 0;
    }
    for (int word = 0; word < count; word++) unescape(words[word]);
    for (size_t at = 0; at < sizeof requests / sizeof *requests; at++) {
        if (wcscmp(words[0], requests[at].word)) continue;
        if (line || count != requests[at].arguments + 1) failed(L"not so many arguments: ", words[0]);
        else requests[at].act(words);
        return;
    }
    failed(L"no request is called ", words[0]);
}

/* Answer one request after the other. */
static void answer_all(void)
{
    static char line[LONGEST];
    static wchar_t wide[LONGEST];
    while (fgets(line, sizeof line, stdin)) {
        BOOL whole = strchr(line, '\n') != NULL;
        /* One request has one answer: what does not fit is not a second one. */
        for (int next = 0; !whole && next != '\n' && next != EOF;) next = getchar();
        line[strcspn(line, "\r\n")] = 0;
        answer.length = 0;
        answer.full = answer.more = FALSE;
        if (whole && MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, line, -1, wide, LONGEST)) carry_out(wide);
        else failed(L"a request is not UTF-8, or too long", L"");
        if (answer.full) failed(L"the answer is too long", L"");
        fwrite(answer.text, 1, answer.length, stdout);
        fputc('\n', stdout);
        fflush(stdout);
    }
}

/* The DLL lies beside this program. */
static BOOL load_inside(void)
{
    wchar_t path[MAX_PATH];
    DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH);
    wchar_t *name = length && length < MAX_PATH ? wcsrchr(path, L'\\') : NULL;
    if (!name || name - path + 12 > MAX_PATH) return FALSE;
    wcscpy(name + 1, L"inside.dll");
    dll = LoadLibraryW(path);
    inside = dll ? (HOOKPROC)(void *)GetProcAddress(dll, "inside") : NULL;
    return inside != NULL;
}

int wmain(void)
{
    asked = RegisterWindowMessageW(ASKED);
    memory = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof *heard, MEMORY);
    heard = memory ? MapViewOfFile(memory, FILE_MAP_WRITE, 0, 0, sizeof *heard) : NULL;
    if (!heard || !load_inside()) {
        fputs("helper.exe: inside.dll is not beside it, or cannot be loaded\n", stderr);
        return 1;
    }
    SetProcessDPIAware();
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    puts("{}");
    fflush(stdout);
    answer_all();
    return 0;
}
