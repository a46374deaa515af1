// The camera as a scanner: it types what it reads into a field and sends its form, as a hardware scanner does.
// Where the browser reads no codes itself, the vendored reader is fetched at the first press. Without this file
// the button stays hidden and people type.
(() => {
  "use strict";
  if (!navigator.mediaDevices?.getUserMedia) return;
  const FORMATS = ["ean_13", "ean_8", "upc_a", "code_128", "qr_code"];
  const WIDTH = 640, PAUSE_MS = 120;

  const own = async () => {
    const known = await window.BarcodeDetector?.getSupportedFormats().catch(() => []) ?? [];
    if (!known.includes("ean_13") || !known.includes("qr_code")) return null;
    const detector = new window.BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
    return async (eye) => (await detector.detect(eye).catch(() => []))[0]?.rawValue ?? "";
  };
  const fetched = (address) => new Promise((done, failed) => {
    if (window.ZXing) { done(); return; }
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed }));
  });
  const vendored = async (address) => {
    await fetched(address);
    const z = window.ZXing, reader = new z.MultiFormatReader();
    reader.setHints(new Map([
      [z.DecodeHintType.POSSIBLE_FORMATS, FORMATS.map((format) => z.BarcodeFormat[format.toUpperCase()])],
      [z.DecodeHintType.TRY_HARDER, true],
    ]));
    const paper = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    return async (eye) => {
      const [w, h] = [eye.videoWidth, eye.videoHeight].map((side) => Math.round(side * Math.min(1, WIDTH / eye.videoWidth)));
      if (!w || !h) return "";
      Object.assign(paper.canvas, { width: w, height: h });
      paper.drawImage(eye, 0, 0, w, h);
      const seen = paper.getImageData(0, 0, w, h).data, grey = new Uint8ClampedArray(w * h);
      for (let at = 0; at < grey.length; at += 1) grey[at] = (seen[4 * at] * 77 + seen[4 * at + 1] * 151 + seen[4 * at + 2] * 28) >> 8;
      try {
        return reader.decodeWithState(new z.BinaryBitmap(new z.HybridBinarizer(new z.RGBLuminanceSource(grey, w, h)))).getText();
      } catch { return ""; } // nothing to be read in this picture
    };
  };

  for (const button of document.querySelectorAll("[data-scan]")) {
    const eye = document.getElementById(button.dataset.scan), field = document.getElementById(button.dataset.into);
    const trouble = document.getElementById(button.dataset.trouble);
    let stream = null;
    const close = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      eye.hidden = true;
      button.setAttribute("aria-pressed", "false");
    };
    const look = async (read) => {
      if (!stream) return;
      const text = await read(eye);
      if (!stream) return;
      if (!text) { setTimeout(() => look(read), PAUSE_MS); return; }
      close();
      field.value = text;
      field.form.requestSubmit();
    };
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (stream) { close(); return; }
      trouble.hidden = true;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        button.setAttribute("aria-pressed", "true");
        eye.srcObject = stream;
        eye.hidden = false;
        await eye.play();
        look(await own() ?? await vendored(button.dataset.reader));
      } catch { close(); trouble.hidden = false; }
    });
    addEventListener("pagehide", close);
  }
})();
