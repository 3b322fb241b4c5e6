// The deployment's clock. Its deadlines are counted by it and not by this device's, which may be wrong; and in a
// deployment for trying out, its clock can be moved.

let ahead = 0;

/** Take over what the deployment said the time is. */
export function heard(moment) {
  ahead = Date.parse(moment) - Date.now();
}

/** Milliseconds since 1970, by the deployment's clock as far as it was heard. */
export function now() {
  return Date.now() + ahead;
}

/** Words that are said anew every second until the screen is left, and at once when `tick` is called. */
export function ticking(signal, say) {
  const element = document.createElement("span");
  const tick = () => {
    const words = say(now());
    if (element.textContent !== words) element.textContent = words;
  };
  const timer = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  tick();
  return { element, tick };
}

/** 192,000 milliseconds as 3:12; an hour and more as 1:03:12. */
export function stopwatch(milliseconds) {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
