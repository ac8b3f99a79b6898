/* inside.dll: what a window tells of itself, asked from inside its own program.
 *
 * helper.exe has Windows load this into a program by a hook (WH_CALLWNDPROC) for as long as one question takes. Only
 * there can the menus of a program be read, the items of its trees, and what it draws by itself: their handles and
 * addresses mean nothing to another program. A window that is asked is described with all that is in it, in the order
 * of its dialog, as JSON in memory that helper.exe shares.
 */

#include "telling.h"
#include <commctrl.h>

/* The longest text of one control that is told, in characters. */
#define LONGEST 16384
/* Menus within menus, and windows within windows, are followed so far. */
#define DEEPEST 8
/* How far from the corner of a window its sign or its cross is at most, in pixels. */
#define CORNER 48

#define MN_GETHMENU_ 0x01E1

static wchar_t said[LONGEST];

/* A node is one control or item: begun, filled, ended. */
static void begin(Telling *out, const wchar_t *kind, LONG_PTR of, LONG_PTR item, const char *role)
{
    wchar_t id[64];
    swprintf(id, 64, L"%ls%lld/%lld", kind, (long long)of, (long long)item);
    put_comma(out);
    put_open(out, "{");
    put_text(out, "id", id);
    put_number(out, "handle", kind[0] == L'm' ? 0 : of);
    put_number(out, "item", item);
    put_key(out, "role");
    put(out, "\"");
    put(out, role);
    put(out, "\"");
}

static void end(Telling *out)
{
    put_close(out, "}");
}

static void put_states(Telling *out, const char *const *states, int count)
{
    put_key(out, "states");
    put_open(out, "[");
    for (int at = 0; at < count; at++) {
        put_comma(out);
        put(out, "\"");
        put(out, states[at]);
        put(out, "\"");
    }
    put_close(out, "]");
}

/* A label as a reader sees it: & only says which letter is underlined, and a tab stands before a shortcut. */
static void as_seen(wchar_t *label)
{
    wchar_t *to = label;
    for (const wchar_t *from = label; *from && *from != L'\t'; from++) {
        if (*from == L'&' && *++from == 0) break;
        *to++ = *from;
    }
    *to = 0;
}

static BOOL is(HWND window, const wchar_t *class)
{
    wchar_t name[64];
    return GetClassNameW(window, name, 64) && !_wcsicmp(name, class);
}

static const wchar_t *text_of(HWND window)
{
    said[0] = 0;
    SendMessageW(window, WM_GETTEXT, LONGEST, (LPARAM)said);
    return said;
}

static RECT on_screen(HWND window, RECT inside)
{
    MapWindowPoints(window, NULL, (POINT *)&inside, 2);
    return inside;
}

/* Whether some of a part of a window's inside is within it, and not scrolled away. */
static BOOL in_view(HWND window, RECT part)
{
    RECT all, common;
    GetClientRect(window, &all);
    return IntersectRect(&common, &all, &part);
}

/* -- what a program draws by itself ------------------------------------------------------------------------------- */

/* What was drawn so far on one line of a list: the pieces, with a blank between them. */
typedef struct {
    wchar_t text[1024];
    size_t length;
} Drawn;

static void add_piece(Drawn *drawn, const wchar_t *piece, size_t length)
{
    size_t room = sizeof drawn->text / sizeof *drawn->text - 1 - drawn->length;
    if (drawn->length && room) {
        drawn->text[drawn->length++] = L' ';
        room--;
    }
    if (length > room) length = room;
    memcpy(drawn->text + drawn->length, piece, length * sizeof *piece);
    drawn->length += length;
    drawn->text[drawn->length] = 0;
}

static int CALLBACK hear_record(HDC paper, HANDLETABLE *handles, const ENHMETARECORD *record, int count, LPARAM drawn)
{
    (void)paper, (void)handles, (void)count;
    if (record->iType == EMR_EXTTEXTOUTW) {
        const EMREXTTEXTOUTW *words = (const EMREXTTEXTOUTW *)record;
        size_t end = words->emrtext.offString + (size_t)words->emrtext.nChars * sizeof(wchar_t);
        if (words->emrtext.nChars && end <= record->nSize)
            add_piece((Drawn *)drawn, (const wchar_t *)((const char *)record + words->emrtext.offString),
                      words->emrtext.nChars);
    }
    return 1;
}

/* Have a program draw an item of its list on paper that remembers what is written on it. */
static void draw_item(HWND list, int item, RECT where, Drawn *drawn)
{
    HDC screen = GetDC(list);
    HDC paper = CreateEnhMetaFileW(screen, NULL, NULL, NULL);
    ReleaseDC(list, screen);
    if (!paper) return;
    HGDIOBJ font = (HGDIOBJ)SendMessageW(list, WM_GETFONT, 0, 0);
    if (font) SelectObject(paper, font);
    DRAWITEMSTRUCT draw = {ODT_LISTBOX, GetDlgCtrlID(list), item, ODA_DRAWENTIRE, 0, list, paper, where,
                           SendMessageW(list, LB_GETITEMDATA, item, 0)};
    SendMessageW(GetParent(list), WM_DRAWITEM, draw.CtlID, (LPARAM)&draw);
    HENHMETAFILE drawing = CloseEnhMetaFile(paper);
    EnumEnhMetaFile(NULL, drawing, hear_record, drawn, NULL);
    DeleteEnhMetaFile(drawing);
}

/* -- items -------------------------------------------------------------------------------------------------------- */

/* An item of a list; `shows` is where it is in the list's window. */
static void tell_item(Telling *out, const wchar_t *kind, HWND owner, LONG_PTR item, const char *role,
                      const wchar_t *name, HWND list, RECT shows, BOOL selected)
{
    const char *states[3];
    int count = 0;
    if (IsWindowVisible(list) && in_view(list, shows)) states[count++] = "showing";
    if (IsWindowEnabled(list)) states[count++] = "sensitive";
    if (selected) states[count++] = "selected";
    begin(out, kind, (LONG_PTR)owner, item, role);
    put_text(out, "name", name);
    put_box(out, "box", on_screen(list, shows));
    put_states(out, states, count);
    end(out);
}

static void tell_list(Telling *out, HWND list)
{
    LONG style = GetWindowLongW(list, GWL_STYLE);
    BOOL drawn = (style & (LBS_OWNERDRAWFIXED | LBS_OWNERDRAWVARIABLE)) && !(style & LBS_HASSTRINGS);
    int count = (int)SendMessageW(list, LB_GETCOUNT, 0, 0);
    for (int item = 0; item < count; item++) {
        RECT where = {.left = 0};
        Drawn line = {.length = 0};
        SendMessageW(list, LB_GETITEMRECT, item, (LPARAM)&where);
        said[0] = 0;
        if (drawn) draw_item(list, item, where, &line);
        else if (SendMessageW(list, LB_GETTEXTLEN, item, 0) < LONGEST) SendMessageW(list, LB_GETTEXT, item, (LPARAM)said);
        tell_item(out, L"l", list, item, "list item", drawn ? line.text : said, list, where,
                  SendMessageW(list, LB_GETSEL, item, 0) > 0);
    }
}

/* The choices of a drop-down; they show while it is open. */
static void tell_choices(Telling *out, HWND combo)
{
    COMBOBOXINFO info = {.cbSize = sizeof info};
    if (!GetComboBoxInfo(combo, &info) || !info.hwndList) return;
    int count = (int)SendMessageW(combo, CB_GETCOUNT, 0, 0);
    for (int item = 0; item < count; item++) {
        RECT where = {.left = 0};
        said[0] = 0;
        if (SendMessageW(combo, CB_GETLBTEXTLEN, item, 0) < LONGEST) SendMessageW(combo, CB_GETLBTEXT, item, (LPARAM)said);
        SendMessageW(info.hwndList, LB_GETITEMRECT, item, (LPARAM)&where);
        tell_item(out, L"c", combo, item, "list item", said, info.hwndList, where,
                  SendMessageW(combo, CB_GETCURSEL, 0, 0) == item);
    }
}

/* The files of a file dialog stand in a list of this kind. */
static void tell_files(Telling *out, HWND list)
{
    int count = (int)SendMessageW(list, LVM_GETITEMCOUNT, 0, 0);
    for (int item = 0; item < count; item++) {
        RECT where = {.left = LVIR_LABEL};
        LVITEMW about = {.mask = LVIF_TEXT, .iItem = item};
        said[0] = 0;
        about.pszText = said;
        about.cchTextMax = LONGEST;
        SendMessageW(list, LVM_GETITEMTEXTW, item, (LPARAM)&about);
        SendMessageW(list, LVM_GETITEMRECT, item, (LPARAM)&where);
        tell_item(out, L"l", list, item, "list item", about.pszText, list, where,
                  SendMessageW(list, LVM_GETITEMSTATE, item, LVIS_SELECTED) != 0);
    }
}

static void tell_tabs(Telling *out, HWND tabs)
{
    int count = (int)SendMessageW(tabs, TCM_GETITEMCOUNT, 0, 0);
    for (int item = 0; item < count; item++) {
        RECT where = {.left = 0};
        TCITEMW about = {.mask = TCIF_TEXT};
        said[0] = 0;
        about.pszText = said;
        about.cchTextMax = LONGEST;
        SendMessageW(tabs, TCM_GETITEMW, item, (LPARAM)&about);
        SendMessageW(tabs, TCM_GETITEMRECT, item, (LPARAM)&where);
        tell_item(out, L"l", tabs, item, "tab", about.pszText, tabs, where,
                  SendMessageW(tabs, TCM_GETCURSEL, 0, 0) == item);
    }
}

/* An item of a tree and what is below it, as far as it is unfolded. `sign` is where its [+] or [-] is. */
static void tell_branch(Telling *out, HWND tree, HTREEITEM item, HTREEITEM above)
{
    for (; item; item = (HTREEITEM)SendMessageW(tree, TVM_GETNEXTITEM, TVGN_NEXT, (LPARAM)item)) {
        TVITEMW about = {.mask = TVIF_TEXT | TVIF_STATE | TVIF_CHILDREN, .hItem = item};
        RECT where = {.left = 0}, sign;
        const char *states[5];
        int count = 0, indent = (int)SendMessageW(tree, TVM_GETINDENT, 0, 0);
        said[0] = 0;
        about.stateMask = TVIS_SELECTED | TVIS_EXPANDED;
        about.pszText = said;
        about.cchTextMax = LONGEST;
        SendMessageW(tree, TVM_GETITEMW, 0, (LPARAM)&about);
        memcpy(&where, &item, sizeof item);
        SendMessageW(tree, TVM_GETITEMRECT, TRUE, (LPARAM)&where);
        sign = (RECT){where.left - indent, where.top, where.left, where.bottom};
        HTREEITEM below = (HTREEITEM)SendMessageW(tree, TVM_GETNEXTITEM, TVGN_CHILD, (LPARAM)item);
        if (in_view(tree, where)) states[count++] = "showing";
        if (IsWindowEnabled(tree)) states[count++] = "sensitive";
        if (about.state & TVIS_SELECTED) states[count++] = "selected";
        if (below) states[count++] = "expandable";
        if (below && about.state & TVIS_EXPANDED) states[count++] = "expanded";
        begin(out, L"t", (LONG_PTR)tree, (LONG_PTR)item, "tree item");
        put_text(out, "name", said);
        put_number(out, "under", (LONG_PTR)above);
        put_box(out, "box", on_screen(tree, where));
        put_box(out, "sign", on_screen(tree, sign));
        put_states(out, states, count);
        end(out);
        if (below && about.state & TVIS_EXPANDED) tell_branch(out, tree, below, item);
    }
}

/* -- menus -------------------------------------------------------------------------------------------------------- */

typedef struct {
    HMENU menu;
    HWND window;
} Opened;

static BOOL CALLBACK is_open(HWND window, LPARAM opened)
{
    Opened *wanted = (Opened *)opened;
    if (IsWindowVisible(window) && is(window, L"#32768") &&
        (HMENU)SendMessageW(window, MN_GETHMENU_, 0, 0) == wanted->menu)
        wanted->window = window;
    return !wanted->window;
}

/* The items of a menu. They are somewhere on the screen while it is open, in its `window`, and nowhere otherwise. */
static void tell_menu(Telling *out, HMENU menu, HWND window, int depth)
{
    int count = GetMenuItemCount(menu);
    if (!window) {
        Opened opened = {menu, NULL};
        EnumThreadWindows(GetCurrentThreadId(), is_open, (LPARAM)&opened);
        window = opened.window;
    }
    for (int item = 0; item < count; item++) {
        wchar_t label[256] = L"";
        MENUITEMINFOW about = {.cbSize = sizeof about, .fMask = MIIM_FTYPE | MIIM_STATE | MIIM_SUBMENU | MIIM_STRING};
        const char *states[3];
        RECT where = {.left = 0};
        int told = 0;
        about.dwTypeData = label;
        about.cch = 256;
        if (!GetMenuItemInfoW(menu, item, TRUE, &about) || about.fType & MFT_SEPARATOR) continue;
        as_seen(label);
        if (window && GetMenuItemRect(is(window, L"#32768") ? NULL : window, menu, item, &where)) states[told++] = "showing";
        if (!(about.fState & MFS_DISABLED)) states[told++] = "sensitive";
        if (about.fState & MFS_CHECKED) states[told++] = "checked";
        begin(out, L"m", (LONG_PTR)menu, item, about.hSubMenu ? "menu" : "menu item");
        put_text(out, "name", label);
        put_box(out, "box", where);
        put_states(out, states, told);
        if (about.hSubMenu && depth < DEEPEST) {
            put_key(out, "parts");
            put_open(out, "[");
            tell_menu(out, about.hSubMenu, NULL, depth + 1);
            put_close(out, "]");
        }
        end(out);
    }
}

/* -- controls ----------------------------------------------------------------------------------------------------- */

static const char *role_of_button(HWND button)
{
    switch (GetWindowLongW(button, GWL_STYLE) & BS_TYPEMASK) {
    case BS_CHECKBOX: case BS_AUTOCHECKBOX: case BS_3STATE: case BS_AUTO3STATE:
        return "check box";
    case BS_RADIOBUTTON: case BS_AUTORADIOBUTTON:
        return "radio button";
    case BS_GROUPBOX:
        return "group";
    default:
        return "button";
    }
}

static const char *role_of(HWND control)
{
    if (is(control, L"Button")) return role_of_button(control);
    if (is(control, L"Static")) return "label";
    if (is(control, L"Edit"))
        return GetWindowLongW(control, GWL_STYLE) & ES_PASSWORD ? "password box" : "box";
    if (is(control, L"ComboBox") || is(control, L"ComboBoxEx32")) return "drop-down";
    if (is(control, L"ListBox") || is(control, L"SysListView32")) return "list";
    if (is(control, L"SysTreeView32")) return "tree";
    if (is(control, L"SysTabControl32")) return "tabs";
    return "other";
}

static BOOL takes_text(const char *role)
{
    return !strcmp(role, "box") || !strcmp(role, "password box") || !strcmp(role, "drop-down");
}

/* What stands in a box; of a password, how long it is. */
static void tell_content(Telling *out, HWND box, const char *role)
{
    text_of(box);
    if (!strcmp(role, "password box"))
        for (wchar_t *at = said; *at; at++) *at = L'*';
    put_text(out, "content", said);
}

static void tell_control(Telling *out, HWND control)
{
    const char *role = role_of(control), *states[6];
    int count = 0;
    RECT where;
    GetWindowRect(control, &where);
    if (IsWindowVisible(control)) states[count++] = "showing";
    if (IsWindowEnabled(control)) states[count++] = "sensitive";
    if (is(control, L"Button") && SendMessageW(control, BM_GETCHECK, 0, 0) == BST_CHECKED) states[count++] = "checked";
    if (!strcmp(role, "button") && SendMessageW(control, WM_GETDLGCODE, 0, 0) & DLGC_DEFPUSHBUTTON)
        states[count++] = "default";
    if (GetFocus() == control) states[count++] = "focused";
    if (is(control, L"Edit") && !(GetWindowLongW(control, GWL_STYLE) & ES_READONLY)) states[count++] = "editable";
    begin(out, L"w", (LONG_PTR)control, 0, role);
    if (takes_text(role)) {
        put_text(out, "name", L"");
        tell_content(out, control, role);
    } else {
        text_of(control);
        if (strcmp(role, "other")) as_seen(said);
        else said[0] = 0;
        put_text(out, "name", said);
    }
    put_box(out, "box", where);
    put_states(out, states, count);
    put_key(out, "parts");
    put_open(out, "[");
    if (is(control, L"ListBox")) tell_list(out, control);
    else if (is(control, L"ComboBox")) tell_choices(out, control);
    else if (is(control, L"SysListView32")) tell_files(out, control);
    else if (is(control, L"SysTabControl32")) tell_tabs(out, control);
    else if (is(control, L"SysTreeView32"))
        tell_branch(out, control, (HTREEITEM)SendMessageW(control, TVM_GETNEXTITEM, TVGN_ROOT, 0), NULL);
    put_close(out, "]");
    end(out);
}

/* A drop-down and its own box are one to the reader. */
static BOOL CALLBACK hear_control(HWND control, LPARAM out)
{
    HWND above = GetParent(control);
    if (IsWindowVisible(control) && !is(above, L"ComboBox") && !is(above, L"ComboBoxEx32"))
        tell_control((Telling *)out, control);
    return TRUE;
}

/* The sign at the left of the title, or the cross at its right, is where the window itself says that it is. */
static void tell_sign(Telling *out, HWND window, LRESULT code, const char *role)
{
    static const char *const states[] = {"showing", "sensitive"};
    RECT where, found = {.left = 0};
    GetWindowRect(window, &where);
    int y = where.top + GetSystemMetrics(SM_CYSIZEFRAME) + GetSystemMetrics(SM_CYCAPTION) / 2;
    int from = code == HTCLOSE ? where.right - CORNER : where.left;
    for (int x = from; x < from + CORNER; x++) {
        if (SendMessageW(window, WM_NCHITTEST, 0, MAKELPARAM(x, y)) != code) continue;
        if (!found.right) found = (RECT){x, y - 8, x, y + 8};
        found.right = x + 1;
    }
    if (!found.right) return;
    begin(out, code == HTCLOSE ? L"x" : L"s", (LONG_PTR)window, 0, role);
    put_text(out, "name", L"");
    put_box(out, "box", found);
    put_states(out, states, 2);
    end(out);
}

static void tell_window(Telling *out, HWND window)
{
    static const char *const states[] = {"showing", "sensitive"};
    RECT where;
    BOOL menu = is(window, L"#32768");
    GetWindowRect(window, &where);
    put_open(out, "");
    begin(out, L"w", (LONG_PTR)window, 0, menu ? "menu" : "window");
    put_text(out, "name", menu ? L"" : text_of(window));
    put_box(out, "box", where);
    put_states(out, states, IsWindowEnabled(window) ? 2 : 1);
    put_key(out, "parts");
    put_open(out, "[");
    if (menu) {
        tell_menu(out, (HMENU)SendMessageW(window, MN_GETHMENU_, 0, 0), window, 0);
    } else {
        tell_sign(out, window, HTSYSMENU, "window menu");
        tell_sign(out, window, HTCLOSE, "cross");
        if (GetMenu(window)) tell_menu(out, GetMenu(window), window, 0);
        if (is(window, L"PuTTY")) {
            RECT inner;
            GetClientRect(window, &inner);
            begin(out, L"i", (LONG_PTR)window, 0, "terminal");
            put_text(out, "name", L"");
            put_box(out, "box", on_screen(window, inner));
            put_states(out, states, 2);
            end(out);
        }
        EnumChildWindows(window, hear_control, (LPARAM)out);
    }
    put_close(out, "]");
    end(out);
}

/* Scroll a list or a tree until an item of it shows. */
static void reveal(HWND control, LPARAM item)
{
    COMBOBOXINFO info = {.cbSize = sizeof info};
    if (is(control, L"SysTreeView32")) {
        SendMessageW(control, TVM_ENSUREVISIBLE, 0, item);
        /* For a long label that moves all to the left, with the signs out of view. */
        SendMessageW(control, WM_HSCROLL, SB_LEFT, 0);
    } else if (is(control, L"SysListView32")) SendMessageW(control, LVM_ENSUREVISIBLE, item, FALSE);
    else if (is(control, L"ListBox")) SendMessageW(control, LB_SETTOPINDEX, item, 0);
    else if (is(control, L"ComboBox") && GetComboBoxInfo(control, &info))
        SendMessageW(info.hwndList, LB_SETTOPINDEX, item, 0);
}

static void tell(HWND window)
{
    HANDLE memory = OpenFileMappingW(FILE_MAP_WRITE, FALSE, MEMORY);
    Telling *out = memory ? MapViewOfFile(memory, FILE_MAP_WRITE, 0, 0, sizeof *out) : NULL;
    if (out) {
        tell_window(out, window);
        UnmapViewOfFile(out);
    }
    if (memory) CloseHandle(memory);
}

/* Stay in the program from the first question on: what is taken away while somebody is in it ends the program. */
static void stay(void)
{
    static HMODULE self;
    if (!self)
        GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                           (const wchar_t *)(const void *)&self, &self);
}

/* Hears every message that is sent in a thread of the program; only ours is answered. */
__declspec(dllexport) LRESULT CALLBACK inside(int code, WPARAM from, LPARAM about)
{
    static UINT asked;
    const CWPSTRUCT *message = (const CWPSTRUCT *)about;
    if (!asked) asked = RegisterWindowMessageW(ASKED);
    if (code == HC_ACTION && message->message == asked) {
        stay();
        if (message->wParam == TELL) tell(message->hwnd);
        else if (message->wParam == REVEAL) reveal(message->hwnd, message->lParam);
    }
    return CallNextHookEx(NULL, code, from, about);
}
