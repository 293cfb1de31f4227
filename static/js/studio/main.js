// The studio: <div data-studio> with an outline, a panel, a bar, and places for the
// preview and the findings, which listen to the draft themselves.
import { startBar } from "./bar.js";
import { startConflict } from "./conflict.js";
import { startKeyboard } from "./keyboard.js";
import { startLeaving } from "./leaving.js";
import { startLint } from "./lint.js";
import { startOutline } from "./outline.js";
import { startPanel } from "./panel.js";
import { openHash } from "./places.js";
import { startPreview } from "./preview.js";

startBar();
startOutline();
startPanel();
startKeyboard();
startConflict();
startLeaving();
if (location.hash) openHash();
startLint();
startPreview();
