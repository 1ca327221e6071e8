import { describe, expect, test } from 'vitest'
import type { Month } from '../../src/calendar.ts'
import { centsOf, type Money, moneyOf } from '../../src/money.ts'
import { type AgreedCredit, askedFor, standing } from '../../src/settlement/agreed.ts'
import { type Billed, closeSeller, type PlacementMonth } from '../../src/settlement/documents.ts'
import { delivered, rated } from './say.ts'

/** One service month of one placement, as a story: facts that a close learns, objections raised, and what was agreed. */
class Story {
  readonly said: string[] = []
  readonly #agreed: AgreedCredit[] = []
  #billed: Billed | null = null
  #closes = 0
  /** what all documents together ask for */
  asked = 0n

  /** The next close knows of so much: so many hours at 1.00. */
  close(hours: string): this {
    this.#closes += 1
    const close = `2026-${String(this.#closes + 2).padStart(2, '0')}` as Month
    const placement = { buyer: 'REZ', deliveries: delivered([1, hours]) }
    const terms = { unit: 'hour' as const, prices: [{ from: '2026-01-01' as const, to: null, unit_price: '1.00' }] }
    const now = { buyer: 'REZ', vat: undefined, rated: rated({ terms, placement }) }
    const month: PlacementMonth = { placement: 'p', service_month: '2026-03', now, billed: this.#billed }
    const closing = closeSeller('DGV', close, [{ ...month, agreed: [...this.#agreed] }])
    this.#billed = closing.billed[0]!
    const documents = closing.documents.map(({ type, net }) => `${type} ${net}`)
    for (const { type, net } of closing.documents) this.asked += type === 'invoice' ? centsOf(net) : -centsOf(net)
    this.said.push(documents.join(', ') || 'nothing')
    return this
  }

  /** @returns what the parties or the region then agree on */
  raise(): (amount: Money) => this {
    const raised = this.#billed!.buyer_amount
    return (amount) => {
      const before = askedFor(this.#agreed, 'REZ', this.#billed!.buyer_amount)
      this.#agreed.push({ buyer: 'REZ', amount, rated: raised })
      const credit = before - askedFor(this.#agreed, 'REZ', this.#billed!.buyer_amount)
      this.asked -= credit
      this.said.push(`credited ${moneyOf(credit)}`)
      return this
    }
  }
}

describe('what was agreed is not given back a second time by the facts', () => {
  test('a dispute of 10.00 accepted, then the day worth 10.00 withdrawn: the next close gives back nothing', () => {
    const story = new Story().close('100')
    story.raise()('10.00').close('90')
    expect(story.said).toEqual(['invoice 100.00', 'credited 10.00', 'nothing'])
  })

  test('then days worth 15.00 withdrawn: the next close gives back the 5.00 that are more', () => {
    const story = new Story().close('100')
    story.raise()('10.00').close('85')
    expect(story.said).toEqual(['invoice 100.00', 'credited 10.00', 'credit_note 5.00'])
  })

  test('facts corrected first: the agreement gives back what remains, and both orders come to the same', () => {
    for (const [left, credited] of [
      ['90', '0.00'],
      ['85', '0.00'],
      ['96', '6.00'],
    ] as const) {
      const factsFirst = new Story().close('100')
      const agree = factsFirst.raise()
      factsFirst.close(left)
      agree('10.00')
      expect(factsFirst.said.at(-1)).toBe(`credited ${credited}`)
      const agreedFirst = new Story().close('100')
      agreedFirst.raise()('10.00').close(left)
      expect(agreedFirst.asked).toBe(factsFirst.asked)
    }
  })

  test('what had been given back before it was raised is not what it is about', () => {
    const story = new Story().close('100').close('85')
    story.raise()('10.00')
    expect(story.said).toEqual(['invoice 100.00', 'credit_note 15.00', 'credited 10.00'])
  })

  test('a withdrawn day recorded again is not charged again: it was agreed that nothing is owed for it', () => {
    const story = new Story().close('100')
    story.raise()('10.00').close('90').close('100')
    expect(story.said).toEqual(['invoice 100.00', 'credited 10.00', 'nothing', 'nothing'])
  })

  test('what is recorded on top of it is charged, and given back when it goes away', () => {
    const story = new Story().close('100')
    story.raise()('10.00').close('120').close('100')
    expect(story.said).toEqual(['invoice 100.00', 'credited 10.00', 'invoice 20.00', 'credit_note 20.00'])
  })

  test('two agreements need two corrections: a day withdrawn counts for one of them', () => {
    const story = new Story().close('100')
    const first = story.raise()
    const second = story.raise()
    first('10.00')
    second('10.00').close('90').close('80').close('75')
    expect(story.said).toEqual([
      'invoice 100.00',
      'credited 10.00',
      'credited 10.00',
      'nothing',
      'nothing',
      'credit_note 5.00',
    ])
  })

  test('the adjustment says what stands of the agreement beside the facts', () => {
    const agreed = [{ buyer: 'REZ', amount: '10.00', rated: '100.00' }] as const
    const memory: Billed = {
      placement: 'p',
      service_month: '2026-03',
      buyer: 'REZ',
      buyer_amount: '100.00',
      gross: '100.00',
      shares: [],
      vat: { category: 'E', rate: '0' },
      invoiced_in: '2026-03',
      carry: null,
    }
    const placement = { buyer: 'REZ', deliveries: delivered([1, '6']) }
    const now = { buyer: 'REZ', vat: undefined, rated: rated({ terms: { unit: 'hour' }, placement }) }
    const [document] = closeSeller('DGV', '2026-04', [
      { placement: 'p', service_month: '2026-03', now, billed: memory, agreed },
    ]).documents
    expect(document!.lines[0]).toMatchObject({
      billed: '90.00',
      rated: '110.00',
      agreed: '10.00',
      buyer_amount: '20.00',
    })
  })

  test('another buyer’s agreement is no concern of this one', () => {
    expect(standing([{ buyer: 'LUD', amount: '10.00', rated: '100.00' }], 'REZ', 5000n)).toBe(0n)
  })

  test('whatever the order: never less than nothing, never more than the facts come to, and the same facts give the same sum', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647
      return seed % below
    }
    for (let round = 0; round < 300; round++) {
      const story = new Story().close('100')
      const open: { agree: (amount: Money) => Story; amount: bigint }[] = []
      let hours = 100
      const agreed: string[] = []
      for (let step = 0; step < 8; step++) {
        const act = random(3)
        if (act === 0) {
          hours = random(121)
          story.close(String(hours))
        }
        // no more is raised than is still asked for, less what is in doubt already: `raiseDispute` keeps to that
        const inDoubt = open.reduce((sum, each) => sum + each.amount, 0n)
        const left = story.asked - inDoubt
        if (act === 1 && left > 0n) open.push({ agree: story.raise(), amount: BigInt(1 + random(Number(left))) })
        if (act === 2 && open.length > 0) {
          const { agree, amount } = open.splice(random(open.length), 1)[0]!
          agree(moneyOf(amount))
          agreed.push(moneyOf(amount))
        }
        expect(story.asked >= 0n).toBe(true)
        expect(story.asked <= BigInt(hours) * 100n).toBe(true)
      }
      const before = story.asked
      story.close('7').close(String(hours))
      expect(story.asked, story.said.join('; ')).toBe(before)
    }
  })
})
