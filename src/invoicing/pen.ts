/** What a sheet is drawn with. Two hands hold it: the library's, for documents issued before there was another, and our own. */
import type { Font } from 'fontkit'

export type Face = 'regular' | 'strong'

/** What drawing needs of the project's files: the two faces, and the profile that says which red is red. */
export type Fonts = Record<Face, Font> & { profile: Uint8Array }

/** An element of the structure tree, by which a screen reader follows. */
export interface Element {
  /** Nothing is added to it any more. */
  end(): void
}

export type Ink = { face: Face; size: number; colour: string }

/** Measures are points; y runs down from the top of the page. */
export interface Pen {
  readonly pages: number
  addPage(): void
  /** Goes back to a page, counted from 0. */
  toPage(index: number): void
  /** A file inside the file. @param made_on so that it has the same bytes on any day */
  attach(name: string, text: string, options: { type: string; description: string; made_on: string }): void
  /** @param parent the document itself where it is null */
  element(type: string, options: { scope?: string; alt?: string }, parent: Element | null): Element
  /** What is drawn is the content of the element. */
  mark(element: Element, tag: string, draw: () => void): void
  /** What is drawn need not be heard. */
  artifact(type: 'Layout' | 'Pagination', draw: () => void): void
  /** How wide a word is at 1000 points. */
  widthOfWord(word: string, face: Face): number
  /** @param y the top of the line */
  text(text: string, x: number, y: number, ink: Ink): void
  fill(colour: string, boxes: readonly (readonly [x: number, y: number, width: number, height: number])[]): void
  line(x: number, y: number, width: number, weight: number, colour: string): void
  /** @param content base64 */
  image(type: string, content: string, x: number, y: number, width: number, height: number): void
  bytes(): Promise<Uint8Array>
}

export type PaperOptions = {
  size: [width: number, height: number]
  title: string
  subject: string
  author: string
  lang: string
  /** the day of issue: the same record gives the same bytes on any day */
  made_on: string
}

/** How many words are remembered of a face before it begins anew: some tens of thousands are a few megabytes. */
export const mostWords = 20_000
