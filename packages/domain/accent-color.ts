/** Colours of an invoice, as `#1f5f5b`. */

/** What text wants on paper or a screen (WCAG 2.2, 1.4.3). */
const LEGIBLE = 4.5;

/** With white, of a colour whose contrast with #181b1c is more than 5. */
const BRIGHT = 3.1;

/** The contrast with white paper, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrastWithWhite(color: string): number {
  return 1.05 / (luminance(channelsOf(color)) + 0.05);
}

export const isLegible = (color: string): boolean => contrastWithWhite(color) >= LEGIBLE;

/** The colour itself, or the lightest shade of it that is legible on white. */
export function legibleShade(color: string): string {
  const channels = channelsOf(color);
  for (let step = 0; step < 100; step += 1) {
    const shade = hex(channels.map((channel) => channel * (1 - step / 100)));
    if (isLegible(shade)) return shade;
  }
  return "#000000";
}

/** The colour itself, or the darkest tint of it that is legible on what is nearly black, such as a page in the dark. */
export function legibleTint(color: string): string {
  const channels = channelsOf(color);
  for (let step = 0; step < 100; step += 1) {
    const tint = hex(channels.map((channel) => channel + ((255 - channel) * step) / 100));
    if (contrastWithWhite(tint) <= BRIGHT) return tint;
  }
  return "#ffffff";
}

const hex = (channels: number[]): string =>
  `#${channels.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;

const channelsOf = (color: string): [number, number, number] => [
  Number.parseInt(color.slice(1, 3), 16),
  Number.parseInt(color.slice(3, 5), 16),
  Number.parseInt(color.slice(5, 7), 16),
];

function luminance(channels: readonly [number, number, number]): number {
  const linear = (channel: number): number => {
    const part = channel / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const [red, green, blue] = channels;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
