// What counted notes and coins come to, while they are typed. Without this file the server says it.
(() => {
  "use strict";
  for (const box of document.querySelectorAll("[data-counting]")) {
    const says = box.querySelector("[data-sum]");
    const add = () => {
      let sum = 0;
      for (const field of box.querySelectorAll("[data-value]")) sum += Number(field.dataset.value) * (Number.parseInt(field.value, 10) || 0);
      says.hidden = false;
      says.textContent = `Rp${sum.toLocaleString("id-ID")}`;
    };
    box.addEventListener("input", add);
    add();
  }
})();
