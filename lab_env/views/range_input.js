// A native range input: the browser gives it its role, its keys, its focus and its looks in either colour scheme.
function render({ model, el }) {
  const input = document.createElement("input");
  input.type = "range";
  input.style.cssText = "display: block; width: 100%; margin: 0.5em 0";
  // JupyterLab would take the arrow keys for its cells.
  input.dataset.lmSuppressShortcuts = "true";
  input.setAttribute("aria-label", model.get("label"));
  for (const name of ["min", "max", "step"]) input[name] = model.get(name);

  const draw = () => {
    input.value = model.get("value");
    // The handle stands on a step; a value that was typed may lie between two.
    input.setAttribute("aria-valuetext", String(model.get("value")));
  };
  input.addEventListener("input", () => {
    model.set("value", input.valueAsNumber);
    model.save_changes();
  });
  model.on("change:value", draw);
  draw();
  el.append(input);
  return () => model.off("change:value", draw);
}

export default { render };
