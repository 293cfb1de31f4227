// A picture beside a question: uploaded, or taken away; what it shows in words.
import { h } from "./dom.js";
import { idOf, labelled, more, button, set } from "./fields.js";
import { uploadPicture } from "./sending.js";
import { text } from "./texts.js";
import { say } from "./words.js";

export function picture(path, element, id) {
  const own = [...path, "image"];
  return more(say("picture"), element.image !== null, `${id}-picture`, () => [element.image && kept(own, element), chooser(own, element)]);
}

function kept(own, element) {
  const image = h("img", { class: "studio-picture", src: `/s-assets/${element.image.asset}`, alt: "" });
  const remove = button(say("remove_picture"), () => set(own, null, say("picture"), { merge: "" }));
  return h("div", {}, image, text([...own, "alt"], say("picture_alt")), remove);
}

function chooser(own, element) {
  const file = h("input", { class: "form-control", type: "file", id: `${idOf(own)}-file`, accept: "image/png,image/jpeg,image/webp" });
  const problem = h("p", { class: "text-danger", role: "alert" });
  file.addEventListener("change", async () => {
    const { status, body } = await uploadPicture(file.files[0]);
    if (status === 201) set(own, { asset: body.asset, alt: element.image?.alt ?? {} }, say("picture"), { merge: "" });
    else problem.textContent = body.error ?? say("upload_failed");
  });
  return h("div", {}, labelled(say(element.image ? "other_picture" : "choose_picture"), file), problem);
}
