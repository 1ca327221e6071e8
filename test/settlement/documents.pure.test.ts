import { describe, expect, test } from 'vitest'
import type { Month } from '../../src/calendar.ts'
import { type Billed, closeSeller, type Document, type PlacementMonth } from '../../src/settlement/documents.ts'
import type { FundingSource, Vat } from '../../src/settlement/facts.ts'
import { delivered, rated } from './say.ts'

type Now = { hours?: string; buyer?: string; vat?: Vat; funding?: FundingSource[] }

/** March of a placement with so many hours at 20.00, after what was billed for it. */
function month(
  now: Now | null,
  billed: Billed | null = null,
  placement = 'p',
  service_month: Month = '2026-03',
): PlacementMonth {
  if (now === null) return { placement, service_month, now: null, billed }
  const { hours = '0', buyer = 'REZ', vat, funding = [] } = now
  const ratedMonth = rated({
    terms: { unit: 'hour' },
    placement: { buyer, funding, deliveries: delivered([1, hours]) },
  })
  return { placement, service_month, now: { buyer, vat, rated: ratedMonth }, billed }
}

/** Closes month after month, each with what is known by then of the service month March. */
function closes(...known: (Now | null)[]): { documents: string[][]; billed: Billed; ownUse: string[] } {
  let billed: Billed | null = null
  const ownUse: string[] = []
  const documents = known.map((now, index) => {
    const closing = closeSeller('DGV', `2026-0${index + 3}` as Month, [month(now, billed)])
    billed = closing.billed[0]!
    ownUse.push(closing.own_use)
    return closing.documents.map(say)
  })
  return { documents, billed: billed!, ownUse }
}

function say({ type, buyer, corrects, net, vat, lines }: Document): string {
  const what = lines
    .map((line) => `${line.placement} ${line.service_month} ${line.kind} ${line.buyer_amount}`)
    .join(', ')
  return `${type} ${buyer}${corrects === null ? '' : ` corrects ${corrects}`}: ${what}; net ${net} vat ${vat}`
}

describe('R14 one invoice for each buyer', () => {
  test('with the lines of all its placements', () => {
    const months = [
      month({ hours: '1' }, null, 'b'),
      month({ hours: '2', buyer: 'LUD' }, null, 'c'),
      month({ hours: '3' }, null, 'a'),
    ]
    expect(closeSeller('DGV', '2026-03', months).documents.map(say)).toEqual([
      'invoice LUD: c 2026-03 standard 40.00; net 40.00 vat 0.00',
      'invoice REZ: a 2026-03 standard 60.00, b 2026-03 standard 20.00; net 80.00 vat 0.00',
    ])
  })

  test('none where there is no line', () => {
    expect(closes({}).documents).toEqual([[]])
  })

  test('a line the buyer owes nothing of stays on it as information', () => {
    expect(closes({ hours: '1', funding: [{ source: 'state', percent: '100' }] }).documents).toEqual([
      ['invoice REZ: p 2026-03 standard 0.00; net 0.00 vat 0.00'],
    ])
  })
})

describe('R15 VAT', () => {
  test('is computed once for each rate of a document and rounded', () => {
    const funding: FundingSource[] = [{ source: 'x', per_unit: '19.98' }]
    const vat: Vat = { category: 'S', rate: '21' }
    const months = [
      month({ hours: '1', vat, funding }, null, 'a'),
      month({ hours: '1', vat: { category: 'S', rate: '21.0' }, funding }, null, 'b'),
      month({ hours: '1', vat: { category: 'S', rate: '5' } }, null, 'c'),
      month({ hours: '1' }, null, 'd'),
    ]
    const [invoice] = closeSeller('DGV', '2026-03', months).documents
    expect(invoice).toMatchObject({ net: '40.04', vat: '1.01', total: '41.05' })
    expect(invoice?.vat_rates).toEqual([
      { category: 'E', rate: '0', net: '20.00', vat: '0.00' },
      { category: 'S', rate: '21', net: '0.04', vat: '0.01' },
      { category: 'S', rate: '5', net: '20.00', vat: '1.00' },
    ])
  })

  test('is given back with a credit note', () => {
    const vat: Vat = { category: 'S', rate: '21' }
    expect(closes({ hours: '2', vat }, { hours: '1', vat }).documents[1]).toEqual([
      'credit_note REZ corrects 2026-03: p 2026-03 adjustment 20.00; net 20.00 vat 4.20',
    ])
  })
})

describe('R16 late facts', () => {
  test('more is an adjustment on this close’s invoice', () => {
    expect(closes({ hours: '1' }, { hours: '3' }).documents[1]).toEqual([
      'invoice REZ: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
    ])
  })

  test('less is a credit note for the difference', () => {
    expect(closes({ hours: '3' }, { hours: '1' }).documents[1]).toEqual([
      'credit_note REZ corrects 2026-03: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
    ])
  })

  test('a credit note corrects the latest invoice that billed the month, also after other credit notes', () => {
    const { documents } = closes(
      { hours: '1' },
      { hours: '4' },
      { hours: '3' },
      { hours: '0' },
      { hours: '2' },
      { hours: '1' },
    )
    expect(documents.slice(2)).toEqual([
      ['credit_note REZ corrects 2026-04: p 2026-03 adjustment 20.00; net 20.00 vat 0.00'],
      ['credit_note REZ corrects 2026-04: p 2026-03 adjustment 60.00; net 60.00 vat 0.00'],
      ['invoice REZ: p 2026-03 adjustment 40.00; net 40.00 vat 0.00'],
      ['credit_note REZ corrects 2026-07: p 2026-03 adjustment 20.00; net 20.00 vat 0.00'],
    ])
  })

  test('a month that had nothing to invoice is invoiced when it comes to something', () => {
    expect(closes({ hours: '0' }, { hours: '0' }, { hours: '1' }).documents).toEqual([
      [],
      [],
      ['invoice REZ: p 2026-03 adjustment 20.00; net 20.00 vat 0.00'],
    ])
  })

  test('nothing changed gives nothing', () => {
    expect(closes({ hours: '3' }, { hours: '3' }).documents[1]).toEqual([])
  })

  test('there is one credit note for each corrected invoice, with a line for each placement and month', () => {
    const at = (invoiced_in: Month, placement: string): PlacementMonth => {
      const closing = closeSeller('DGV', '2026-03', [month({ hours: '2' }, null, placement)])
      return month({ hours: '1' }, { ...closing.billed[0]!, invoiced_in }, placement)
    }
    const months = [at('2026-04', 'c'), at('2026-03', 'b'), at('2026-03', 'a')]
    expect(closeSeller('DGV', '2026-05', months).documents.map(say)).toEqual([
      'credit_note REZ corrects 2026-03: a 2026-03 adjustment 20.00, b 2026-03 adjustment 20.00; net 40.00 vat 0.00',
      'credit_note REZ corrects 2026-04: c 2026-03 adjustment 20.00; net 20.00 vat 0.00',
    ])
  })

  test('another buyer is charged, and the first gets all back', () => {
    expect(closes({ hours: '2' }, { hours: '2', buyer: 'LUD' }, { hours: '2' }).documents.slice(1)).toEqual([
      [
        'invoice LUD: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
        'credit_note REZ corrects 2026-03: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
      ],
      [
        'invoice REZ: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
        'credit_note LUD corrects 2026-04: p 2026-03 adjustment 40.00; net 40.00 vat 0.00',
      ],
    ])
  })

  test('a placement that is no longer with the seller is given back, with its VAT, once', () => {
    const vat: Vat = { category: 'S', rate: '21' }
    expect(closes({ hours: '2', vat }, null, null).documents.slice(1)).toEqual([
      ['credit_note REZ corrects 2026-03: p 2026-03 adjustment 40.00; net 40.00 vat 8.40'],
      [],
    ])
  })

  test('the memory goes through JSON unharmed', () => {
    const { billed } = closes({ hours: '1', funding: [{ source: 'x', percent: '10' }] }, { hours: '4' })
    expect(JSON.parse(JSON.stringify(billed))).toEqual(billed)
    expect(billed).toMatchObject({ buyer_amount: '80.00', gross: '80.00', invoiced_in: '2026-04' })
  })
})

describe('R13 own use', () => {
  test('is reported with changes in earlier months, and never invoiced', () => {
    const own = (hours: string) => ({ hours, buyer: 'DGV' })
    expect(closes(own('2'), own('3'), own('1'))).toMatchObject({
      documents: [[], [], []],
      ownUse: ['40.00', '20.00', '-40.00'],
    })
  })

  test('moves between own use and invoice when the buyer changes', () => {
    expect(closes({ hours: '2', buyer: 'DGV' }, { hours: '2' }, { hours: '2', buyer: 'DGV' })).toMatchObject({
      ownUse: ['40.00', '-40.00', '40.00'],
      documents: [
        [],
        ['invoice REZ: p 2026-03 adjustment 40.00; net 40.00 vat 0.00'],
        ['credit_note REZ corrects 2026-04: p 2026-03 adjustment 40.00; net 40.00 vat 0.00'],
      ],
    })
  })
})

describe('R12 funding sums', () => {
  test('hold changes in earlier months, by buyer and collector, without sums of zero', () => {
    const state: FundingSource[] = [
      { source: 'state', percent: '50' },
      { source: 'ngo', percent: '0' },
    ]
    const moved: FundingSource[] = [{ source: 'state', percent: '50', collected_by: 'buyer' }]
    const first = closeSeller('DGV', '2026-03', [month({ hours: '2', funding: state })])
    expect(first.funding).toEqual([{ source: 'state', buyer: 'REZ', collected_by: 'seller', amount: '20.00' }])
    const second = closeSeller('DGV', '2026-04', [month({ hours: '2', funding: moved }, first.billed[0])])
    expect(second.funding).toEqual([
      { source: 'state', buyer: 'REZ', collected_by: 'buyer', amount: '20.00' },
      { source: 'state', buyer: 'REZ', collected_by: 'seller', amount: '-20.00' },
    ])
    expect(second.documents.map(say)).toEqual(['invoice REZ: p 2026-03 adjustment 20.00; net 20.00 vat 0.00'])
  })
})

describe('R17 again is the same', () => {
  test('the order of the placements does not matter', () => {
    const months = ['a', 'b', 'c', 'd'].map((id, index) => month({ hours: String(index) }, null, id))
    expect(closeSeller('DGV', '2026-03', months.toReversed())).toEqual(closeSeller('DGV', '2026-03', months))
  })

  test('a month closed before must not be closed as new', () => {
    const { billed } = closes({ hours: '1' })
    expect(() => closeSeller('DGV', '2026-03', [month({ hours: '1' }, billed)])).toThrow('2026-03 of p is closed')
  })
})
