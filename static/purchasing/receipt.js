// The count at the door: a signature drawn with a finger, and the scales' verdict while typing.
// Without this file a typed name signs, and the verdict comes with the receipt.
(() => {
  "use strict";
  const dark = "#1E2420";

  const pad = (box) => {
    const canvas = box.querySelector("canvas");
    const field = box.querySelector("input");
    const pen = canvas.getContext("2d");
    let last = null;
    box.hidden = false;
    const at = (event) => {
      const frame = canvas.getBoundingClientRect();
      const scale = canvas.width / frame.width;
      return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
    };
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: dark });
    canvas.addEventListener("pointerdown", (event) => {
      last = at(event);
      canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const next = at(event);
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...next);
      pen.stroke();
      last = next;
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => {
        if (last) field.value = canvas.toDataURL("image/png");
        last = null;
      });
    }
    box.querySelector("[data-sign-clear]").addEventListener("click", () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      field.value = "";
    });
  };

  const kilos = (g) => `${(g / 1000).toLocaleString("id-ID", { maximumFractionDigits: 2 })} kg`;
  const judge = (field) => {
    const says = field.closest("details").querySelector("[data-verdict]");
    const typed = field.value.replace(/kg/gi, " ").split(/[;\s]+/).filter(Boolean);
    const weights = typed.map((word) => Math.round(Number(word.replace(",", ".")) * 1000));
    says.hidden = !weights.length || weights.some((g) => !(g > 0));
    if (says.hidden) return;
    const limit = Number(field.dataset.limit);
    const light = weights.filter((g) => g < limit).length;
    says.textContent = `${light ? `${field.dataset.light} ${light}` : field.dataset.good} ${kilos(Math.min(...weights))} / ${kilos(limit)}`;
  };

  for (const box of document.querySelectorAll("[data-sign]")) pad(box);
  for (const field of document.querySelectorAll("[data-limit]")) {
    field.addEventListener("input", () => judge(field));
    judge(field);
  }
})();
