/**
 * A second settlement, deliberately simple and slow, written from the text of the rules and sharing nothing with the
 * product: it walks every placement day by day from its beginning at every close, computes in fractions, and finds out
 * what was billed by adding up the documents it has issued. It trusts its facts: refusals are tested elsewhere.
 */

// biome-ignore lint/suspicious/noExplicitAny: the oracle reads the format as it is written, without our types
type Json = Record<string, any>
type Fraction = { n: bigint; d: bigint }
type Charge = { kind: string; version: Json; percent: Fraction; tier: number; quantity: Fraction }
type Line = Json & { cents: bigint; buyerCents: bigint; shareCents: { source: string; by: string; cents: bigint }[] }
type Month = { lines: Line[]; withheld: Map<string, Fraction> }

export function oracle(scenario: Json): Json {
  const offers = new Map<string, Json>()
  const placements = new Map<string, Json>()
  const deliveries: Json[] = []
  const absences: Json[] = []
  const closed: string[] = []
  const result: Json = { documents: [], withheld: [], own_use: [], funding: [], transfers: [] }
  const reported: { seller: string; placement: string; month: string; buyer: string; gross: bigint }[] = []
  const funded: Json[] = []
  const rates = new Map<string, string>()
  let unpaid: Json[] = []

  const record = (facts: Json) => {
    for (const offer of facts.offers ?? []) offers.set(offer.id, offer)
    for (const placement of facts.placements ?? []) placements.set(placement.id, placement)
    deliveries.push(...(facts.deliveries ?? []))
    absences.push(...(facts.absences ?? []))
  }

  const close = (month: string) => {
    if (closed.includes(month)) return
    closed.push(month)
    const fresh: Json[] = []
    for (const seller of scenario.parties) {
      const invoice = new Map<string, Json[]>()
      const credit = new Map<string, Json[]>()
      let own = 0n
      const funding = new Map<string, bigint>()
      for (const placement of placements.values()) {
        const offer = offers.get(placement.offer)!
        const months = rateAll(offer, placement, deliveries, absences, closed)
        for (const service of closed) {
          const rated = offer.seller === seller ? months.get(service)! : { lines: [], withheld: new Map() }
          const buyers = new Set([offer.seller === seller ? placement.buyer : null])
          for (const row of reported) if (isFor(row, seller, placement.id, service)) buyers.add(row.buyer)
          buyers.delete(null)
          if (offer.seller === seller)
            rates.set(`${seller} ${placement.id} ${service}`, offer.vat?.category === 'S' ? offer.vat.rate : '0')
          const vat = rates.get(`${seller} ${placement.id} ${service}`)
          for (const buyer of buyers as Set<string>) {
            const lines = buyer === placement.buyer ? rated.lines : []
            const gross = sum(lines.map((line) => line.cents))
            const before = reported.filter((row) => isFor(row, seller, placement.id, service) && row.buyer === buyer)
            if (buyer === seller) own += gross - sum(before.map((row) => row.gross))
            reported.push({
              seller,
              placement: placement.id,
              month: service,
              buyer,
              gross: gross - sum(before.map((row) => row.gross)),
            })
            const shares = lines.flatMap((line) => line.shareCents)
            const earlier = funded.filter((row) => isFor(row, seller, placement.id, service) && row.buyer === buyer)
            for (const row of [...earlier.map((row) => ({ ...row, cents: -row.cents })), ...shares] as Json[]) {
              const key = JSON.stringify([row.source, buyer, row.by])
              funding.set(key, (funding.get(key) ?? 0n) + row.cents)
              funded.push({
                seller,
                placement: placement.id,
                month: service,
                buyer,
                source: row.source,
                by: row.by,
                cents: row.cents,
              })
            }
            if (buyer === seller) continue
            const billed = billedSoFar(result.documents, seller, buyer, placement.id, service)
            const now = sum(lines.map((line) => line.buyerCents))
            if (service === month)
              push(invoice, buyer, ...lines.map((line) => ({ ...shown(line, placement.id, service), vat })))
            else if (now > billed.cents)
              push(invoice, buyer, adjustment(placement.id, service, now - billed.cents, vat))
            else if (now < billed.cents)
              push(credit, `${buyer}|${billed.latest}`, adjustment(placement.id, service, billed.cents - now, vat))
          }
          if (service === month) {
            for (const [reason, quantity] of rated.withheld) {
              result.withheld.push({ close: month, placement: placement.id, reason, quantity: text(quantity) })
            }
          }
        }
      }
      for (const [buyer, lines] of invoice)
        if (lines.length > 0) fresh.push(document('invoice', month, seller, buyer, lines))
      for (const [key, lines] of credit) {
        const [buyer, corrects] = key.split('|') as [string, string]
        fresh.push({ ...document('credit_note', month, seller, buyer, lines), corrects })
      }
      if (own !== 0n) result.own_use.push({ close: month, seller, gross: euros(own) })
      for (const [key, cents] of funding) {
        const [source, buyer, collected_by] = JSON.parse(key)
        if (cents !== 0n)
          result.funding.push({ close: month, source, seller, buyer, collected_by, amount: euros(cents) })
      }
    }
    result.documents.push(...fresh)
    unpaid.push(...fresh)
  }

  record(scenario)
  for (const step of scenario.steps) {
    if (step.record) record(step.record)
    if (step.close) close(step.close)
    if (step.net) {
      result.transfers.push(...netted(unpaid).map((transfer) => ({ net: step.net, ...transfer })))
      unpaid = []
    }
  }
  return result
}

/** Every month of a placement up to the last closed one, walked day by day from its first date (R1 to R12). */
function rateAll(
  offer: Json,
  placement: Json,
  allDeliveries: Json[],
  allAbsences: Json[],
  closed: string[],
): Map<string, Month> {
  const deliveries = allDeliveries.filter((delivery) => delivery.placement === placement.id)
  const absences = allAbsences.filter((absence) => absence.placement === placement.id)
  const used = { year: '', inYear: zero, total: zero }
  const borne: bigint[] = (placement.funding ?? []).map(() => 0n)
  const months = new Map<string, Month>(closed.map((month) => [month, { lines: [], withheld: new Map() }]))
  const last = closed.at(-1)!
  for (
    let month = placement.from.slice(0, 7);
    month <= last;
    month = after(`${month}-${daysOf(month).at(-1)!.slice(8)}`).slice(0, 7)
  ) {
    if (used.year !== month.slice(0, 4)) Object.assign(used, { year: month.slice(0, 4), inYear: zero })
    months.set(month, rateOne(offer, placement, deliveries, absences, month, used, borne))
  }
  return months
}

function rateOne(
  offer: Json,
  placement: Json,
  deliveries: Json[],
  absences: Json[],
  month: string,
  used: { inYear: Fraction; total: Fraction },
  borne: bigint[],
): Month {
  const calendar = offer.unit === 'calendar_day' || offer.unit === 'month'
  const days = daysOf(month)
  const active = days.filter((day) => isActive(offer, placement, day))
  const charges: Charge[] = []
  const withheld = new Map<string, Fraction>()
  let usedInMonth = zero
  let delivered = zero
  const hold = (reason: string, quantity: Fraction) => {
    if (quantity.n > 0n) withheld.set(reason, add(withheld.get(reason) ?? zero, quantity))
  }
  const allowed = () => {
    const limits = placement.authorised ?? {}
    const rooms = [
      limits.per_month && sub(frac(limits.per_month), usedInMonth),
      limits.per_year && sub(frac(limits.per_year), used.inYear),
      limits.total && sub(frac(limits.total), used.total),
    ].filter(Boolean) as Fraction[]
    return rooms.length === 0 ? null : rooms.reduce(least)
  }
  const use = (quantity: Fraction) => {
    usedInMonth = add(usedInMonth, quantity)
    used.inYear = add(used.inYear, quantity)
    used.total = add(used.total, quantity)
  }
  const charge = (kind: string, version: Json, percent: Fraction, tier: number, quantity: Fraction) => {
    if (quantity.n > 0n) charges.push({ kind, version, percent, tier, quantity })
  }

  for (const day of days) {
    const version = versionOn(offer, placement, day)
    if (calendar) {
      if (!active.includes(day)) continue
      const places = frac(String(placement.places ?? 1))
      const room = allowed()
      if (!version) hold('no_price', places)
      else if (room !== null && cmp(room, places) < 0) hold('over_authorised', places)
      else {
        use(places)
        const percent = absencePercent(offer, absences, day)
        charge(cmp(percent, frac('100')) < 0 ? 'absence' : 'standard', version, percent, -1, places)
      }
      continue
    }
    const ofDay =
      offer.unit === 'once'
        ? day === placement.from
          ? [{ kind: 'delivered', quantity: '1' }]
          : []
        : deliveries.filter(
            (each) => each.date === day && day >= placement.from && (!placement.to || day <= placement.to),
          )
    for (const each of ofDay as Json[]) {
      const quantity = frac(each.quantity)
      if (!version) hold('no_price', quantity)
      else if (each.kind === 'no_show') charge('no_show', version, frac(offer.no_show_percent ?? '0'), -1, quantity)
      else {
        const room = allowed()
        const part = room === null ? quantity : least(quantity, cmp(room, zero) < 0 ? zero : room)
        hold('over_authorised', sub(quantity, part))
        use(part)
        const tiers = offer.unit === 'once' ? undefined : version.tiers
        if (!tiers) charge('standard', version, frac('100'), -1, part)
        let below = zero
        for (const [index, tier] of (tiers ?? []).entries()) {
          const end = add(delivered, part)
          const top = tier.up_to === null ? end : least(frac(tier.up_to), end)
          const bottom = cmp(below, delivered) > 0 ? below : delivered
          if (cmp(top, bottom) > 0) charge('standard', version, frac('100'), index, sub(top, bottom))
          below = tier.up_to === null ? end : frac(tier.up_to)
        }
        delivered = add(delivered, part)
      }
    }
  }

  if (!calendar && offer.unit !== 'once' && offer.minimum_per_month) {
    const whole = placement.from <= days[0]! && (!placement.to || placement.to >= days.at(-1)!)
    const counted = charges.map(({ quantity, percent }) => mul(quantity, div(percent, frac('100')))).reduce(add, zero)
    const version = versionOn(offer, placement, days.at(-1)!)
    if (whole && version) charge('minimum', version, frac('100'), -1, sub(frac(offer.minimum_per_month), counted))
  }

  const base = offer.unit === 'month' ? days.length : 1
  const lines = linesOf(offer, placement, charges, base)
  shareOut(placement, lines, base, calendar ? { n: BigInt(active.length), d: BigInt(days.length) } : frac('1'), borne)
  return { lines, withheld }
}

function isActive(offer: Json, placement: Json, day: string): boolean {
  if (day < placement.from || (placement.to && day > placement.to)) return false
  return day !== placement.to || offer.departure_day_charged === true || day === placement.from
}

function versionOn(offer: Json, placement: Json, day: string): Json | undefined {
  const own = placement.price_class ?? (placement.buyer === offer.seller ? 'own' : 'other')
  const valid = offer.prices.filter((version: Json) => version.from <= day && (!version.to || day <= version.to))
  return (
    valid.find((version: Json) => version.class === own) ?? valid.find((version: Json) => version.class === undefined)
  )
}

function absencePercent(offer: Json, absences: Json[], day: string): Fraction {
  const absence = absences.find((each) => each.from <= day && day <= each.to)
  if (!absence) return frac('100')
  let number = 1
  for (let each = absence.from; each < day; each = after(each)) number++
  const steps = (offer.absence?.[absence.kind] ?? []).filter((step: Json) => step.from_day <= number)
  return steps.length === 0
    ? frac('100')
    : frac(steps.reduce((a: Json, b: Json) => (b.from_day > a.from_day ? b : a)).percent)
}

const kinds = ['standard', 'absence', 'no_show', 'minimum']

/** R11: one line for each version, kind, percentage and tier, in the line order of R12. */
function linesOf(offer: Json, placement: Json, charges: Charge[], base: number): Line[] {
  const versions = [...offer.prices].sort((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : Number(a.class === undefined) - Number(b.class === undefined),
  )
  const groups = new Map<string, Charge[]>()
  for (const charge of charges) {
    push(groups, `${charge.kind} ${versions.indexOf(charge.version)} ${charge.tier} ${text(charge.percent)}`, charge)
  }
  const lines = [...groups.values()].map((group) => {
    const { kind, version, percent, tier } = group[0]!
    const quantity = group.map((charge) => charge.quantity).reduce(add)
    const price = frac(tier >= 0 ? version.tiers[tier].unit_price : version.unit_price)
    let unit = price
    for (const name of placement.surcharges ?? []) {
      const { percent: part, per_unit } = offer.surcharges[name]
      unit = add(unit, part === undefined ? frac(per_unit) : div(mul(price, frac(part)), frac('100')))
    }
    const cents = round(div(mul(mul(div(quantity, frac(String(base))), unit), percent), frac('100')))
    return {
      kind,
      order: versions.indexOf(version),
      tier,
      percent,
      quantity,
      unit,
      base,
      cents,
      buyerCents: cents,
      shareCents: [],
    }
  })
  return lines
    .filter((line) => line.cents !== 0n)
    .sort(
      (a, b) =>
        kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
        a.order - b.order ||
        a.tier - b.tier ||
        cmp(b.percent, a.percent),
    )
}

/** R12 */
function shareOut(placement: Json, lines: Line[], base: number, partOfMonth: Fraction, borne: bigint[]): void {
  const sources: Json[] = placement.funding ?? []
  const borneInMonth = sources.map(() => 0n)
  for (const line of lines) {
    let left = line.cents
    for (const [index, source] of sources.entries()) {
      let share = 0n
      if (source.percent !== undefined) share = round(div(mul(cent(line.cents), frac(source.percent)), frac('100')))
      else if (source.per_month !== undefined)
        share = round(mul(frac(source.per_month), partOfMonth)) - borneInMonth[index]!
      else if (line.kind === 'standard' || line.kind === 'absence') {
        share = round(div(mul(frac(source.per_unit), line.quantity), frac(String(base))))
      }
      for (const limit of [
        left,
        source.cap_per_month === undefined ? null : round(frac(source.cap_per_month)) - borneInMonth[index]!,
        source.cap_total === undefined ? null : round(frac(source.cap_total)) - borne[index]!,
      ]) {
        if (limit !== null && limit < share) share = limit
      }
      borneInMonth[index]! += share
      borne[index]! += share
      left -= share
      const by = source.collected_by ?? 'seller'
      if (by === 'seller') line.buyerCents -= share
      line.shareCents.push({ source: source.source, by, cents: share })
    }
  }
}

function shown(line: Line, placement: string, service_month: string): Json {
  const shares: Json = {}
  for (const share of line.shareCents) shares[share.source] = euros(share.cents)
  return {
    placement,
    service_month,
    kind: line.kind,
    quantity: text(line.quantity),
    base_quantity: String(line.base),
    unit_price: text(line.unit),
    percent: text(line.percent),
    gross: euros(line.cents),
    shares,
    buyer_amount: euros(line.buyerCents),
  }
}

function adjustment(placement: string, service_month: string, cents: bigint, vat: string | undefined): Json {
  return { placement, service_month, kind: 'adjustment', buyer_amount: euros(cents), vat }
}

function document(type: string, close: string, seller: string, buyer: string, withRates: Json[]): Json {
  const byRate = new Map<string, bigint>()
  for (const line of withRates) {
    const rate = text(frac(line.vat))
    byRate.set(rate, (byRate.get(rate) ?? 0n) + centsIn(line.buyer_amount))
  }
  const net = sum([...byRate.values()])
  const vat = sum([...byRate].map(([rate, cents]) => round(div(mul(cent(cents), frac(rate)), frac('100')))))
  const lines = withRates.map(({ vat: _, ...line }) => line)
  return { type, close, seller, buyer, net: euros(net), vat: euros(vat), total: euros(net + vat), lines }
}

/** What the documents issued so far ask of a buyer for a placement and month, and the latest invoice with a line for it. */
function billedSoFar(documents: Json[], seller: string, buyer: string, placement: string, month: string) {
  let cents = 0n
  let latest = ''
  for (const each of documents) {
    if (each.seller !== seller || each.buyer !== buyer) continue
    for (const line of each.lines) {
      if (line.placement !== placement || line.service_month !== month) continue
      cents += each.type === 'invoice' ? centsIn(line.buyer_amount) : -centsIn(line.buyer_amount)
      if (each.type === 'invoice') latest = each.close
    }
  }
  return { cents, latest }
}

/** R19 */
function netted(documents: Json[]): Json[] {
  const position = new Map<string, bigint>()
  for (const { type, seller, buyer, total } of documents) {
    const cents = type === 'invoice' ? centsIn(total) : -centsIn(total)
    position.set(seller, (position.get(seller) ?? 0n) + cents)
    position.set(buyer, (position.get(buyer) ?? 0n) - cents)
  }
  const transfers: Json[] = []
  while ([...position.values()].some((cents) => cents !== 0n)) {
    const ranked = [...position].sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a < b ? -1 : 1))
    const [from, owed] = ranked[0]!
    const most = ranked.at(-1)![1]
    const to = ranked.find(([, cents]) => cents === most)![0]
    const amount = -owed < most ? -owed : most
    position.set(from, owed + amount)
    position.set(to, most - amount)
    transfers.push({ from, to, amount: euros(amount) })
  }
  return transfers
}

function isFor(row: Json, seller: string, placement: string, month: string): boolean {
  return row.seller === seller && row.placement === placement && row.month === month
}

// Fractions, dates, lists.

const zero: Fraction = { n: 0n, d: 1n }

function frac(decimal: string): Fraction {
  const [whole, decimals = ''] = decimal.split('.') as [string, string?]
  return { n: BigInt(whole + decimals), d: 10n ** BigInt(decimals.length) }
}

function cent(cents: bigint): Fraction {
  return { n: cents, d: 100n }
}

function lowest({ n, d }: Fraction): Fraction {
  let [a, b] = [n < 0n ? -n : n, d]
  while (b !== 0n) [a, b] = [b, a % b]
  return { n: n / a, d: d / a }
}

function add(a: Fraction, b: Fraction): Fraction {
  return lowest({ n: a.n * b.d + b.n * a.d, d: a.d * b.d })
}

function sub(a: Fraction, b: Fraction): Fraction {
  return lowest({ n: a.n * b.d - b.n * a.d, d: a.d * b.d })
}

function mul(a: Fraction, b: Fraction): Fraction {
  return lowest({ n: a.n * b.n, d: a.d * b.d })
}

function div(a: Fraction, b: Fraction): Fraction {
  return lowest({ n: a.n * b.d, d: a.d * b.n })
}

function cmp(a: Fraction, b: Fraction): number {
  return Number(a.n * b.d > b.n * a.d) - Number(a.n * b.d < b.n * a.d)
}

function least(a: Fraction, b: Fraction): Fraction {
  return cmp(a, b) <= 0 ? a : b
}

/** Euros to cents, half away from zero. All that is rounded here is zero or more. */
function round({ n, d }: Fraction): bigint {
  const cents = (n * 100n) / d
  return (n * 100n - cents * d) * 2n >= d ? cents + 1n : cents
}

/** A fraction that ends, in decimals. */
function text({ n, d }: Fraction): string {
  let decimals = 0
  let scaled = n
  while (scaled % d !== 0n) {
    decimals++
    scaled *= 10n
  }
  const digits = (scaled / d).toString().padStart(decimals + 1, '0')
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

function euros(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

function centsIn(euros: string): bigint {
  return BigInt(euros.replace('.', ''))
}

function sum(cents: bigint[]): bigint {
  return cents.reduce((a, b) => a + b, 0n)
}

function after(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + 1)
  return date.toISOString().slice(0, 10)
}

function daysOf(month: string): string[] {
  const days: string[] = []
  for (let day = `${month}-01`; day.startsWith(month); day = after(day)) days.push(day)
  return days
}

function push<T>(lists: Map<string, T[]>, key: string, ...items: T[]): void {
  lists.set(key, [...(lists.get(key) ?? []), ...items])
}
