/** Logos in a file: read and taken apart once, since all documents of a seller carry the same. */
import { deflateSync, inflateSync } from 'node:zlib'

/** The entries of an image object and its data, as it goes into the file. */
type Plane = { head: string; data: Uint8Array }
/** A mask says how much of each point is seen. */
export type Picture = Plane & { mask: Plane | null }

const mostPictures = 64
const pictures = new Map<string, Picture>()

/** @param content base64 of a file that `identity/picture.ts` let in: whole, not interlaced, at most eight bits a sample */
export function pictureOf(type: string, content: string): Picture {
  let picture = pictures.get(content)
  if (picture === undefined) {
    const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))
    picture = type === 'image/png' ? png(bytes) : jpeg(bytes)
    if (pictures.size >= mostPictures) pictures.clear()
    pictures.set(content, picture)
  }
  return picture
}

function jpeg(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer)
  for (let at = 2; at + 9 < bytes.length; ) {
    const marker = view.getUint8(at + 1)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const space = view.getUint8(at + 9) === 1 ? 'DeviceGray' : 'DeviceRGB'
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      const head = `/Width ${width}/Height ${height}/ColorSpace/${space}/BitsPerComponent 8/Filter/DCTDecode`
      return { head, data: bytes, mask: null }
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  throw new Error('a JPEG without a frame')
}

type Png = {
  width: number
  height: number
  bits: number
  colour: number
  palette: Uint8Array
  alpha: Uint8Array | null
}

function png(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer)
  const it: Png = { width: 0, height: 0, bits: 8, colour: 2, palette: new Uint8Array(), alpha: null }
  const parts: Uint8Array[] = []
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const body = bytes.subarray(at + 8, at + 8 + length)
    if (name === 'IHDR') {
      Object.assign(it, {
        width: view.getUint32(at + 8),
        height: view.getUint32(at + 12),
        bits: body[8],
        colour: body[9],
      })
    }
    if (name === 'PLTE') it.palette = body
    if (name === 'tRNS') it.alpha = body
    if (name === 'IDAT') parts.push(body)
    at += 12 + length
  }
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    data.set(part, offset)
    offset += part.length
  }
  if (it.colour === 4 || it.colour === 6) return withAlpha(it, data)
  const samples = it.colour === 2 ? 3 : 1
  const predicted = `/DecodeParms<</Predictor 15/Colors ${samples}/BitsPerComponent ${it.bits}/Columns ${it.width}>>`
  const head = `${plane(it, it.bits, spaceOf(it))}${predicted}`
  if (it.alpha === null) return { head, data, mask: null }
  if (it.colour === 3) return { head, data, mask: paletteMask(it, data) }
  const seen = Array.from({ length: samples }, (_, index) => it.alpha![index * 2]! * 256 + it.alpha![index * 2 + 1]!)
  return { head: `${head}/Mask[${seen.flatMap((value) => [value, value]).join(' ')}]`, data, mask: null }
}

function plane({ width, height }: Png, bits: number, space: string): string {
  return `/Width ${width}/Height ${height}/ColorSpace${space}/BitsPerComponent ${bits}/Filter/FlateDecode`
}

function spaceOf({ colour, palette }: Png): string {
  if (colour === 0 || colour === 4) return '/DeviceGray'
  if (colour !== 3) return '/DeviceRGB'
  const digits = Array.from(palette, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `[/Indexed/DeviceRGB ${palette.length / 3 - 1}<${digits}>]`
}

/** Colours and how much of them is seen, which a PNG has beside each other. */
function withAlpha(it: Png, data: Uint8Array): Picture {
  const samples = it.colour === 4 ? 1 : 3
  const [points, row] = [rows(it, data, samples + 1), it.width * (samples + 1)]
  const [colours, alpha] = [new Uint8Array(it.width * it.height * samples), new Uint8Array(it.width * it.height)]
  for (let point = 0; point < it.height * (row / (samples + 1)); point++) {
    for (let sample = 0; sample < samples; sample++) {
      colours[point * samples + sample] = points[point * (samples + 1) + sample]!
    }
    alpha[point] = points[point * (samples + 1) + samples]!
  }
  const mask = { head: plane(it, 8, '/DeviceGray'), data: deflateSync(alpha) }
  return { head: plane(it, 8, spaceOf(it)), data: deflateSync(colours), mask }
}

function paletteMask(it: Png, data: Uint8Array): Plane {
  const indexes = rows(it, data, 1)
  const alpha = new Uint8Array(it.width * it.height)
  const row = Math.ceil((it.width * it.bits) / 8)
  for (let y = 0; y < it.height; y++) {
    for (let x = 0; x < it.width; x++) {
      const bit = x * it.bits
      const byte = indexes[y * row + (bit >> 3)]!
      const index = (byte >> (8 - it.bits - (bit & 7))) & ((1 << it.bits) - 1)
      alpha[y * it.width + x] = it.alpha![index] ?? 255
    }
  }
  return { head: plane(it, 8, '/DeviceGray'), data: deflateSync(alpha) }
}

/** The samples without the filters of their rows. */
function rows({ width, height, bits }: Png, data: Uint8Array, samples: number): Uint8Array {
  const filtered = new Uint8Array(inflateSync(data))
  const length = Math.ceil((width * bits * samples) / 8)
  const back = Math.max(1, (bits * samples) >> 3)
  const out = new Uint8Array(length * height)
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (length + 1)]!
    for (let x = 0; x < length; x++) {
      const left = x >= back ? out[y * length + x - back]! : 0
      const up = y > 0 ? out[(y - 1) * length + x]! : 0
      const corner = x >= back && y > 0 ? out[(y - 1) * length + x - back]! : 0
      out[y * length + x] = filtered[y * (length + 1) + 1 + x]! + guess(filter, left, up, corner)
    }
  }
  return out
}

function guess(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) return 0
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
