// What every page of the staff interface brings with it.
import "./behaviours/menus.js";
import "./behaviours/ask.js";
import "./behaviours/session_end.js";
import "./behaviours/copy.js";
