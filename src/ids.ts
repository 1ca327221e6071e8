/** Identifiers: UUID version 7 (RFC 9562), so that ids made later sort later and the order recorded is the order of ids. */
let lastMillisecond = 0
let counter = 0

/**
 * A new id. Ids of one process never go back in order, also within one millisecond: the twelve bits after the
 * version count up, and the millisecond is carried on when they are used up (RFC 9562, 6.2, method 1).
 */
export function newId(): string {
  const now = Date.now()
  if (now > lastMillisecond) {
    lastMillisecond = now
    counter = crypto.getRandomValues(new Uint16Array(1))[0]! & 0x3ff
  } else {
    counter += 1
    if (counter > 0xfff) {
      lastMillisecond += 1
      counter = 0
    }
  }
  const random = crypto.getRandomValues(new Uint8Array(8))
  random[0] = (random[0]! & 0x3f) | 0x80
  const time = lastMillisecond.toString(16).padStart(12, '0')
  const tail = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True where `text` is an id in form; anything else is answered as not found before the database is asked. */
export function isId(text: string): boolean {
  return uuid.test(text)
}
