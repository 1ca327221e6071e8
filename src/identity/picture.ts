/** Pictures that documents can carry: PNG and JPEG, looked at byte by byte, since a broken one would break every document. */

export type Picture = { type: 'image/png' | 'image/jpeg'; width: number; height: number }

/** The key of the sentence that says what is wrong, with its values. */
type Refused = { message: string; values: Record<string, number> }

/** How many bytes a logo may have. */
export const mostBytes = 200 * 1024
const longestSide = 3000

/** What a file is, or what is wrong with it. */
export async function readPicture(bytes: Uint8Array): Promise<Picture | Refused> {
  if (bytes.length > mostBytes) return refusal('validation.logo_too_large', { maximum: mostBytes / 1024 })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const picture = isPng(bytes) ? await readPng(view) : isJpeg(bytes) ? readJpeg(view) : null
  if (picture === null) return refusal('validation.logo_type')
  const { width, height } = picture
  if (width < 16 || height < 16 || width > longestSide || height > longestSide) {
    return refusal('validation.logo_sides', { maximum: longestSide })
  }
  return picture
}

function refusal(message: string, values: Record<string, number> = {}): Refused {
  return { message, values }
}

function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, at) => bytes[at] === byte)
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Whole chunks with right sums, not interlaced, and as many samples as it says. Null for anything else. */
async function readPng(view: DataView): Promise<Picture | null> {
  const data: Uint8Array[] = []
  let head: { width: number; height: number; bits: number; samples: number } | null = null
  let palette = false
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > view.byteLength) return null
    const body = new Uint8Array(view.buffer, view.byteOffset + at + 4, length + 4)
    if (crc32(body) !== view.getUint32(at + 8 + length)) return null
    const name = String.fromCharCode(...body.subarray(0, 4))
    if (name === 'IHDR') {
      const [bits, colour, , , interlaced] = body.subarray(12)
      const samples = samplesOf[colour ?? -1]
      if (length !== 13 || samples === undefined || interlaced !== 0 || ![1, 2, 4, 8].includes(bits!)) return null
      head = { width: view.getUint32(at + 8), height: view.getUint32(at + 12), bits: bits!, samples }
      if (colour !== 3) palette = true
    }
    if (name === 'PLTE') palette = true
    if (name === 'IDAT') data.push(body.subarray(4))
    at += 12 + length
    if (name === 'IEND') return head !== null && palette && (await holds(data, head)) ? pngOf(head) : null
  }
  return null
}

function pngOf({ width, height }: { width: number; height: number }): Picture {
  return { type: 'image/png', width, height }
}

async function holds(
  data: readonly Uint8Array[],
  { width, height, bits, samples }: { width: number; height: number; bits: number; samples: number },
): Promise<boolean> {
  const expected = (Math.ceil((width * bits * samples) / 8) + 1) * height
  if (width === 0 || height === 0 || width > longestSide || height > longestSide) return width !== 0 && height !== 0
  try {
    const stream = new Blob([...data] as BlobPart[]).stream().pipeThrough(new DecompressionStream('deflate'))
    let length = 0
    for await (const chunk of stream) {
      length += (chunk as Uint8Array).length
      if (length > expected) return false
    }
    return length === expected
  } catch {
    return false
  }
}

/** Grey or three colours: four (for printing presses) are shown in wrong colours elsewhere. Null for anything else. */
function readJpeg(view: DataView): Picture | null {
  for (let at = 2; at + 9 < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (frame) {
      const whole = view.getUint16(view.byteLength - 2) === 0xffd9
      const plain = view.getUint8(at + 4) === 8 && [1, 3].includes(view.getUint8(at + 9))
      if (!whole || !plain) return null
      return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
    if (marker === 0xda || marker === 0xd9) return null
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return null
}

const table = Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = table[(sum ^ byte) & 0xff]! ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}
