"use strict";
for (const region of document.querySelectorAll(".table")) {
  const table = region.querySelector("table"), body = table.tBodies[0], rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const value = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("number");
      const was = head.getAttribute("aria-sort");
      const isAscending = was ? was === "descending" : !isNumber;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
      rows.sort((first, second) => {
        const a = value(first, column), b = value(second, column);
        const order = isNumber ? a - b : a.localeCompare(b);
        return isAscending ? order : -order;
      });
      body.append(...rows);
    });
  });
  if (rows.length < 2) continue;
  const filter = document.createElement("p"), label = document.createElement("label");
  const input = document.createElement("input"), shown = document.createElement("output");
  filter.className = "filter";
  label.textContent = "Filter ";
  input.type = "search";
  input.setAttribute("aria-label", "Filter: " + table.caption.textContent);
  label.append(input);
  filter.append(label, shown);
  region.before(filter);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
      if (!row.hidden) count += 1;
    }
    shown.textContent = wanted === "" ? "" : count + " of " + rows.length + " rows";
  });
}
