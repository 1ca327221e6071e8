/** The one colour of a seller's documents: whether it can be read, and the light one behind it. */

/** The light colour that text in this one stands on: a tenth of it in white. */
export function tintOf(colour: string): string {
  const parts = partsOf(colour).map((part) => Math.round(255 - (255 - part) * 0.1))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** Whether text of this colour is readable (WCAG AA, 4.5 to 1) on white and on its own light colour. */
export function isReadable(colour: string): boolean {
  return contrast(colour, tintOf(colour)) >= 4.5
}

function partsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Relative luminance by WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = partsOf(colour).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
