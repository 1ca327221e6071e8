/**
 * The catalogue in the words of the Human Services Data Specification (HSDS 3.1): what a row of ours is there. Pure.
 * Names and meanings are those of the specification; what it has no word for stands under `vieta`.
 */

/** An offer with everything that HSDS says of a service. Ids of derived things come from the database, always the same. */
export interface ServiceRow {
  id: string
  title: string
  description: string
  status: 'published' | 'withdrawn'
  unit: string
  delivery_mode: string
  /** what the catalogue's import takes over exactly: choices and rules in the words of `OfferInput` */
  rules: Record<string, unknown>
  /** every period, where HSDS has the number of one moment */
  capacities: { valid_from: string; valid_to: string | null; places: number; made_up: boolean }[]
  /** when offer, price or capacity last changed, an instant in UTC */
  last_modified: string
  /** the day on which the offer was last changed */
  assured_date: string
  languages: { id: string; code: string }[]
  organisation: OrganisationRow
  terms: TermRow[]
  prices: PriceRow[]
  /** null where the offer is not limited by places */
  places: { id: string; unit_id: string; maximum: number; taken: number } | null
  /** null where the offer has neither address nor locality */
  place: { id: string; location_id: string; address_id: string; address: string | null; locality: string | null } | null
}

export interface OrganisationRow {
  id: string
  name: string
  /** the municipality of a provider */
  parent_organization_id: string | null
  kind: 'municipality' | 'state' | 'provider'
  owner_type: string | null
  email: string | null
  phone: string | null
  phone_id: string
  registration_number: string | null
  identifier_id: string
  register_number: string | null
  register_id: string
  address: string | null
  locality: string | null
  postal_code: string | null
  country: string
  location_id: string
  address_id: string
  /** the municipality's name: HSDS asks every address for a state or province */
  area: string
}

export interface TermRow {
  id: string
  code: string
  name_lv: string
  name_en: string
  taxonomy: 'service_kind' | 'target_group'
  taxonomy_id: string
  /** the id of this term on this offer */
  attribute_id?: string
  institution_alternative?: boolean
}

export interface PriceRow {
  id: string
  valid_from: string
  valid_to: string | null
  price_class: string | null
  unit_price: string
  tiers: { up_to: string | null; unit_price: string }[] | null
  decision: string | null
  made_up: boolean
}

const taxonomyNames = {
  service_kind: { name: 'Pakalpojumu veidi', description: 'Service kinds of the region, as its papers name them' },
  target_group: { name: 'Mērķa grupas', description: 'Whom a service is for' },
}
const unitNames: Record<string, string> = {
  calendar_day: 'diennakts',
  month: 'mēnesis',
  attended_day: 'diena',
  hour: 'stunda',
  session: 'nodarbība',
  trip: 'brauciens',
  kilometre: 'km',
  meal: 'ēdienreize',
  piece: 'gab.',
  once: 'vienreiz',
}
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' })
const ownLanguages: Record<string, string> = { ltg: 'Latgalian', lsl: 'Latvian Sign Language' }
const organisationKinds = {
  municipality: 'Pašvaldība',
  state: 'Valsts institūcija',
  provider: 'Sociālo pakalpojumu sniedzējs',
}
const priceOptions: Record<string, string> = {
  own: 'Residents of the seller’s own municipality',
  other: 'Residents of other municipalities',
}

export interface TaxonomyRow {
  id: string
  taxonomy: 'service_kind' | 'target_group'
}

export function taxonomyOf({ id, taxonomy }: TaxonomyRow) {
  return { id, ...taxonomyNames[taxonomy] }
}

export function termOf(term: TermRow) {
  return {
    id: term.id,
    code: term.code,
    name: term.name_lv,
    description: term.name_en,
    taxonomy: taxonomyNames[term.taxonomy].name,
    taxonomy_id: term.taxonomy_id,
    language: 'lv',
    ...(term.institution_alternative === undefined
      ? {}
      : { vieta: { institution_alternative: term.institution_alternative } }),
  }
}

/** What a list shows of an organisation; with `full` its numbers, phones and place too. */
export function organisationOf(row: OrganisationRow, full = false) {
  const basic = {
    id: row.id,
    name: row.name,
    description: organisationKinds[row.kind],
    ...given('email', row.email),
    ...given('parent_organization_id', row.parent_organization_id),
    ...given('legal_status', row.owner_type),
  }
  if (!full) return basic
  const identifiers = [
    { id: row.identifier_id, identifier_type: 'Latvian registration number', identifier: row.registration_number },
    { id: row.register_id, identifier_type: 'Register of social service providers', identifier: row.register_number },
  ].filter((each) => each.identifier !== null)
  const address = addressOf({ ...row, id: row.address_id })
  return {
    ...basic,
    organization_identifiers: identifiers.map((each) => ({ ...each, organization_id: row.id })),
    phones: row.phone === null ? [] : [{ id: row.phone_id, organization_id: row.id, number: row.phone }],
    locations: address === null ? [] : [{ id: row.location_id, location_type: 'physical', addresses: [address] }],
  }
}

/** @param url where people read the offer; @param now the instant at which the places were counted */
export function serviceOf(row: ServiceRow, { url, now, full }: { url: string; now: string; full: boolean }) {
  const basic = {
    id: row.id,
    organization_id: row.organisation.id,
    name: row.title,
    description: row.description,
    url,
    status: row.status === 'published' ? 'active' : 'inactive',
    application_process:
      'Ar pašvaldības sociālā dienesta lēmumu un nosūtījumu. By decision and referral of the municipal social service.',
    eligibility_description: row.terms
      .filter(({ taxonomy }) => taxonomy === 'target_group')
      .map(({ name_lv }) => name_lv)
      .join('; '),
    assured_date: row.assured_date,
    last_modified: row.last_modified,
    organization: organisationOf(row.organisation),
    vieta: { unit: row.unit, delivery_mode: row.delivery_mode },
  }
  if (!full) return basic
  return {
    ...basic,
    organization: organisationOf(row.organisation, true),
    languages: row.languages.map(({ id, code }) => ({ id, service_id: row.id, code, name: languageName(code) })),
    attributes: row.terms.map((term) => ({
      id: term.attribute_id!,
      link_id: row.id,
      link_type: term.taxonomy,
      link_entity: 'service',
      taxonomy_term_id: term.id,
      taxonomy_term: termOf(term),
    })),
    cost_options: row.prices.map((price) => costOptionOf(row, price)),
    capacities: capacitiesOf(row, now),
    vieta: { ...basic.vieta, offer: row.rules, capacities: row.capacities },
    service_at_locations: row.place === null ? [] : [serviceAtLocationOf(row)],
  }
}

/** Free places are derived at the moment of asking, so that moment is when they were last updated. */
function capacitiesOf({ id, places }: ServiceRow, now: string) {
  if (places === null) return []
  const available = Math.max(0, places.maximum - places.taken)
  const unit = { id: places.unit_id, name: 'Place' }
  return [{ id: places.id, service_id: id, unit, unit_id: unit.id, available, maximum: places.maximum, updated: now }]
}

function costOptionOf({ id, unit }: ServiceRow, price: PriceRow) {
  const tiers = (price.tiers ?? []).map(
    ({ up_to, unit_price }) => `${up_to === null ? '…' : `≤ ${up_to}`}: ${unit_price}`,
  )
  return {
    id: price.id,
    service_id: id,
    valid_from: price.valid_from,
    ...given('valid_to', price.valid_to),
    option: price.price_class === null ? 'Everybody' : (priceOptions[price.price_class] ?? price.price_class),
    currency: 'EUR',
    amount: Number(price.unit_price),
    amount_description: [
      `EUR par: ${unitNames[unit] ?? unit}`,
      ...tiers,
      ...(price.decision === null ? [] : [price.decision]),
    ].join('; '),
    vieta: {
      ...{ unit_price: price.unit_price, unit, price_class: price.price_class, tiers: price.tiers },
      ...{ decision: price.decision, made_up: price.made_up },
    },
  }
}

/** Where an offer is given: the same id on every day. @throws never; only for rows that have a place */
export function serviceAtLocationOf(row: ServiceRow, list = false) {
  const place = row.place!
  const { name, area, country } = { ...row.organisation, name: row.organisation.name }
  const address = addressOf({ ...place, id: place.address_id, postal_code: null, area, country })
  return {
    id: place.id,
    service_id: row.id,
    location_id: place.location_id,
    ...(list ? {} : { description: row.title }),
    location: {
      id: place.location_id,
      location_type: 'physical',
      name,
      ...(list ? {} : { addresses: address === null ? [] : [address] }),
    },
  }
}

/** HSDS wants every part of an address; a postal code that is written inside ours is found there. */
function addressOf(at: {
  id: string
  address: string | null
  locality: string | null
  postal_code: string | null
  country: string
  area: string
}) {
  if (at.address === null && at.locality === null) return null
  return {
    id: at.id,
    address_1: at.address ?? at.locality!,
    city: at.locality ?? '',
    state_province: at.area,
    postal_code: at.postal_code ?? /\bLV-\d{4}\b/.exec(at.address ?? '')?.[0] ?? '',
    country: at.country,
    address_type: 'physical',
  }
}

function languageName(code: string): string {
  return ownLanguages[code] ?? languageNames.of(code) ?? code
}

function given<K extends string, V>(key: K, value: V | null): { [key in K]?: V } {
  return value === null ? {} : ({ [key]: value } as { [key in K]: V })
}

/** A page as HSDS writes it. @param page from 1 */
export function pageOf<T extends { id: string }>(
  contents: T[],
  { total, page, per_page }: { total: number; page: number; per_page: number },
) {
  const total_pages = Math.max(1, Math.ceil(total / per_page))
  return {
    total_items: total,
    total_pages,
    page_number: page,
    size: contents.length,
    first_page: page === 1,
    last_page: page >= total_pages,
    empty: contents.length === 0,
    contents,
  }
}
