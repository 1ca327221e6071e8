/** The catalogue for people: looking for a place, and keeping the own offers. */
import { addDays, isPlainDate, type PlainDate } from '../calendar.ts'
import { type Actor, may, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { type App, type C, requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf } from '../http/paging.ts'
import { getOrganisation } from '../identity/store.ts'
import { refuse } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import type { FormState } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { CapacityInput, type PlacesHeld, withPeriod } from './capacity.ts'
import { type CatalogueFilter, CataloguePage } from './catalogue-page.tsx'
import {
  addPrice,
  changeCapacity,
  changeOffer,
  confirmOffer,
  correctPrice,
  createOffer,
  publishOffer,
  removeCapacity,
  setCapacity,
  withdrawOffer,
  withdrawPrice,
} from './commands.ts'
import { withoutEmptyRows } from './form-rows.ts'
import {
  assembleOffer,
  assemblePrice,
  capacityKinds,
  capacityState,
  newOfferState,
  offerKinds,
  offerState,
  priceKinds,
  priceState,
} from './forms.ts'
import { importPages } from './import-pages.tsx'
import { kindPages } from './kind-pages.tsx'
import { accessibilities, careLanguages, deliveryModes, OfferForm, ownerTypes } from './offer.ts'
import { CapacityPage, EditCapacityPage, OfferFormPage, PriceFormPage } from './offer-form.tsx'
import { OfferPage } from './offer-page.tsx'
import { offerPlace, readOfferCursor } from './paging.ts'
import { PriceInput } from './price.ts'
import { savedSearchOf } from './saved-search-store.ts'
import { choicesNow, facetsOf, homeNow, lookNow, placesOfOffers, searchOffers } from './search-store.ts'
import {
  type CapacityRow,
  capacitiesOf,
  freedUntil,
  getCapacity,
  getKind,
  getOffer,
  getPrice,
  kindRows,
  listTargetGroups,
  type NamedOffer,
  type OfferSearch,
  pricesOf,
  providersOf,
  queueLength,
  vacancyOf,
} from './store.ts'
import { readTrust, unregisteredOf } from './trust-commands.ts'
import { daysOfTooManyParts, type StayAbove, staysAbove } from './vacancy-store.ts'

export function cataloguePages(app: App): void {
  importPages(app)
  kindPages(app)
  cataloguePage(app)
  offerPages(app)
  pricePages(app)
  capacityPages(app)
}

const perPage = 50
const stripDays = 12 * 7

function cataloguePage(app: App): void {
  app.get('/catalogue', requires('public'), async (c) => {
    const ctx = c.get('ctx')
    const typed = filterOf(c)
    const own = c.req.query('own') === 'true' && may(ctx.actor, 'offer.manage')
    const onMap = !own && c.req.query('view') === 'map'
    const reader = readerOf(ctx.actor)
    const after = readOfferCursor(c.req.query('cursor'))
    const { rows, choices, places, filter, search } = await transact(ctx, async (tx) => {
      // Nobody is sent far from home without being asked: what is near the reader's own town stands first.
      const look = await lookNow(tx)
      const home = reader === null ? null : await homeNow(tx, look, reader)
      const filter = { ...typed, near: c.req.query('near') === undefined ? (home ?? '') : typed.near }
      const search = searchOf(filter, own, ctx.clock.today())
      return {
        filter,
        search,
        rows: await searchOffers(tx, reader, search, { limit: perPage, after }, look),
        places: onMap ? await placesOfOffers(tx, reader, search, look) : null,
        choices: {
          ...(await choicesNow(tx, look)),
          facets: own ? null : await facetsOf(tx, reader, search, look),
        },
      }
    })
    const { items, next_cursor } = pageOf(rows, perPage, offerPlace)
    return show(
      c,
      <CataloguePage
        view={viewFor(c)}
        filter={filter}
        choices={choices}
        offers={items}
        on={search.on}
        own={own}
        places={places}
        goesAlong={goesAlong(c, { from: filter.on })}
        narrowed={Object.values(typed).some((value) => value !== '')}
        next={next_cursor === null ? null : addressWith(c, next_cursor)}
        first={after === null ? null : addressWith(c, null)}
      />,
    )
  })
}

/** For whom and for which day a place is looked for: it goes along from the list to the referral, so that it is typed once. */
function goesAlong(c: C, { from }: { from: string | undefined }): Record<string, string> {
  const resident = c.req.query('resident')
  return {
    ...(isPlainDate(from) && { from }),
    ...(may(c.get('ctx').actor, 'referral.request') && id().safeParse(resident).success && { resident: resident! }),
  }
}

/** What the address asks for; what cannot be read is passed over, as an address may be old or typed. */
function filterOf(c: C): CatalogueFilter {
  const given = (name: string) => (c.req.query(name) ?? '').trim().slice(0, 200)
  const known = (name: string, values: readonly string[]) => (values.includes(given(name)) ? given(name) : '')
  const on = parseDateInput(given('on')) ?? ''
  return {
    q: given('q'),
    kind_code: given('kind_code'),
    target_group: given('target_group'),
    seller_id: id().safeParse(given('seller_id')).success ? given('seller_id') : '',
    delivery_mode: known('delivery_mode', deliveryModes),
    language: known('language', careLanguages),
    accessibility: known('accessibility', accessibilities),
    owner_type: known('owner_type', ownerTypes),
    near: given('near'),
    within: /^[1-9]\d{0,2}$/.test(given('within')) ? given('within') : '',
    on: isPlainDate(on) && on >= '1900' && on < '2200' ? on : '',
    priced: given('priced') === '' ? '' : 'yes',
  }
}

/** A date in the filter asks for a free place on it; without one, prices and places are today's. */
function searchOf(filter: CatalogueFilter, own: boolean, today: string): OfferSearch {
  const kept = savedSearchOf(filter, filter.on === '' ? today : filter.on)
  return { ...kept, priced: filter.priced !== '', free: filter.on !== '', own }
}

/** Whose prices are shown and whose home is near; null for a stranger, to whom the catalogue is open too. */
function readerOf(actor: Actor): string | null {
  return actor.kind === 'member' ? actor.organisation_id : null
}

function addressWith(c: C, cursor: string | null): string {
  const { searchParams } = new URL(c.req.url)
  searchParams.delete('cursor')
  if (cursor !== null) searchParams.set('cursor', cursor)
  const query = searchParams.toString()
  return query === '' ? '/catalogue' : `/catalogue?${query}`
}

function offerPages(app: App): void {
  app.get('/offers/new', requires('offer.manage'), async (c) => showOfferForm(c, null, newOfferState))
  app.post('/offers/new', requires('offer.manage'), (c) =>
    answerForm(c, {
      schema: OfferForm,
      kinds: offerKinds,
      assemble: assembleOffer,
      act: async (input) => `/offers/${(await createOffer(c.get('ctx'), input)).id}?done=offer_created`,
      page: (state) => offerForm(c, null, again(state)),
    }),
  )
  app.get('/offers/:id', requires('public'), async (c) => {
    const ctx = c.get('ctx')
    const today = ctx.clock.today()
    const facts = await transact(ctx, async (tx) => {
      const offer = await getOffer(tx, c.req.param('id'))
      return {
        offer,
        queued: await queueLength(tx, offer),
        prices: await pricesOf(tx, offer.seller_id, [offer.id]),
        trust: await readTrust(tx, ctx, offer),
        capacities: await capacitiesOf(tx, offer.seller_id, offer.id),
        days: await vacancyOf(tx, offer, today, addDays(today as PlainDate, stripDays - 1)),
        freed: await freedUntil(tx, offer, today),
        groups: await listTargetGroups(tx),
        kindGroups: (await getKind(tx, offer.kind_code)).target_groups,
        unregistered: offer.seller_id === readerOf(ctx.actor) ? await unregisteredOf(tx, offer) : null,
        vatNumberMissing:
          offer.vat_category === 'S' && (await getOrganisation(tx, offer.seller_id)).vat_number === null,
      }
    })
    const own = facts.offer.seller_id === readerOf(ctx.actor)
    return show(
      c,
      <OfferPage
        view={viewFor(c)}
        {...facts}
        today={today}
        editable={own && may(ctx.actor, 'offer.manage')}
        price_class={own ? 'own' : 'other'}
        goesAlong={goesAlong(c, { from: c.req.query('from') })}
      />,
    )
  })
  app.get('/offers/:id/edit', requires('offer.manage'), async (c) => {
    const offer = await transact(c.get('ctx'), (tx) => ownOffer(c, tx, c.req.param('id')))
    return showOfferForm(c, offer, offerState(offer, c.get('language')))
  })
  app.post('/offers/:id/edit', requires('offer.manage'), (c) => {
    const offer_id = c.req.param('id')
    return answerForm(c, {
      schema: OfferForm,
      kinds: offerKinds,
      assemble: assembleOffer,
      rehearsed: true,
      act: async (input, ctx) => {
        await changeOffer(ctx, offer_id, input, c.get('places_freed'))
        return `/offers/${offer_id}?done=offer_changed`
      },
      page: async (state) =>
        offerForm(c, await transact(c.get('ctx'), (tx) => ownOffer(c, tx, offer_id)), again(state)),
    })
  })
  app.post('/offers/:id/publish', requires('offer.manage'), async (c) => {
    const { id } = await publishOffer(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/offers/${id}?done=offer_published`, 303)
  })
  app.post('/offers/:id/confirm', requires('offer.manage'), async (c) => {
    const { id } = await confirmOffer(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/offers/${id}?done=offer_confirmed`, 303)
  })
  app.post('/offers/:id/withdraw', requires('offer.manage'), async (c) => {
    const { id } = await withdrawOffer(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/offers/${id}?done=offer_withdrawn`, 303)
  })
}

/** The form after a refusal: its rows stand where the input's are. */
function again(state: FormState): FormState {
  return { ...state, values: withoutEmptyRows(state.values) }
}

/** @throws Refusal `not_found`, also for an offer that is somebody else's */
async function ownOffer(c: C, tx: Tx, offer_id: string): Promise<NamedOffer> {
  const offer = await getOffer(tx, offer_id)
  return offer.seller_id === organisationOf(c.get('ctx').actor) ? offer : refuse('not_found')
}

async function showOfferForm(c: C, offer: NamedOffer | null, state: FormState) {
  return show(c, await offerForm(c, offer, state))
}

async function offerForm(c: C, offer: NamedOffer | null, state: FormState) {
  const { actor } = c.get('ctx')
  const choices = await transact(c.get('ctx'), async (tx) => ({
    kinds: await kindRows(tx),
    groups: await listTargetGroups(tx),
    providers: await providersOf(tx, organisationOf(actor)),
  }))
  return <OfferFormPage view={viewFor(c)} offer={offer} choices={choices} state={state} />
}

function pricePages(app: App): void {
  app.get('/offers/:id/prices/new', requires('offer.manage'), async (c) =>
    show(c, await priceForm(c, { offer_id: c.req.param('id') }, null)),
  )
  app.post('/offers/:id/prices/new', requires('offer.manage'), (c) => {
    const offer_id = c.req.param('id')
    return answerForm(c, {
      schema: PriceInput,
      kinds: priceKinds,
      assemble: assemblePrice,
      rehearsed: true,
      act: async (input, ctx) => {
        await addPrice(ctx, offer_id, input)
        return `/offers/${offer_id}?done=price_added`
      },
      page: (state) => priceForm(c, { offer_id }, again(state)),
    })
  })
  app.get('/prices/:id/edit', requires('offer.manage'), async (c) =>
    show(c, await priceForm(c, { price_id: c.req.param('id') }, null)),
  )
  app.post('/prices/:id/edit', requires('offer.manage'), (c) => {
    const price_id = c.req.param('id')
    return answerForm(c, {
      schema: PriceInput,
      kinds: priceKinds,
      assemble: assemblePrice,
      rehearsed: true,
      act: async (input, ctx) => {
        const { offer_id } = await correctPrice(ctx, price_id, input)
        return `/offers/${offer_id}?done=price_corrected`
      },
      page: (state) => priceForm(c, { price_id }, again(state)),
    })
  })
  app.post('/prices/:id/withdraw', requires('offer.manage'), (c) => {
    const price_id = c.req.param('id')
    return answerForm(c, {
      schema: z.object({}),
      kinds: {},
      rehearsed: 'withdrawing',
      act: async (_, ctx) => {
        const { offer_id } = await withdrawPrice(ctx, price_id)
        return `/offers/${offer_id}?done=price_withdrawn`
      },
      page: ({ errors, above }) => priceForm(c, { price_id }, null, { errors, above }),
    })
  })
}

/** @param withdrawing what came of asking to withdraw it; the form then shows the price as it is */
async function priceForm(
  c: C,
  of: { offer_id: string } | { price_id: string },
  state: FormState | null,
  withdrawing: Pick<FormState, 'errors' | 'above'> | null = null,
) {
  const ctx = c.get('ctx')
  const { offer, price, prices } = await transact(ctx, async (tx) => {
    const price = 'price_id' in of ? await getPrice(tx, organisationOf(ctx.actor), of.price_id) : null
    const offer = await ownOffer(c, tx, price?.offer_id ?? ('offer_id' in of ? of.offer_id : ''))
    return { offer, price, prices: await pricesOf(tx, offer.seller_id, [offer.id]) }
  })
  return (
    <PriceFormPage
      view={viewFor(c)}
      offer={offer}
      price={price}
      classes={prices.flatMap((version) => version.price_class ?? [])}
      tiered={isRecordedUnit(offer.unit)}
      state={{ ...(state ?? priceState(price, ctx.clock.today(), c.get('language'))), ...withdrawing }}
      withdrawing={withdrawing !== null}
    />
  )
}

function capacityPages(app: App): void {
  app.get('/offers/:id/capacity', requires('offer.manage'), async (c) =>
    show(c, await capacityForm(c, c.req.param('id'), capacityState(null, c.get('ctx').clock.today()))),
  )
  app.post('/offers/:id/capacity', requires('offer.manage'), (c) => {
    const offer_id = c.req.param('id')
    let asked: CapacityInput | null = null
    return answerForm(c, {
      schema: CapacityInput,
      kinds: capacityKinds,
      act: async (input) => {
        asked = input
        await setCapacity(c.get('ctx'), offer_id, input, c.get('places_freed'))
        return `/offers/${offer_id}?done=capacity_set`
      },
      page: (state) => capacityForm(c, offer_id, state, (rows) => asked && withPeriod(rows, asked, offer_id, null)),
    })
  })
  app.get('/capacity/:id/edit', requires('offer.manage'), async (c) =>
    show(c, await editCapacityForm(c, c.req.param('id'), null)),
  )
  app.post('/capacity/:id/edit', requires('offer.manage'), (c) => {
    const capacity_id = c.req.param('id')
    let asked: CapacityInput | null = null
    return answerForm(c, {
      schema: CapacityInput,
      kinds: capacityKinds,
      act: async (input) => {
        asked = input
        const [period] = await changeCapacity(c.get('ctx'), capacity_id, input, c.get('places_freed'))
        return `/offers/${period!.offer_id}/capacity?done=capacity_set`
      },
      page: (state) => editCapacityForm(c, capacity_id, state, asked),
    })
  })
  app.post('/capacity/:id/remove', requires('offer.manage'), async (c) => {
    const ctx = c.get('ctx')
    const capacity_id = c.req.param('id')
    const { offer_id } = await transact(ctx, (tx) => getCapacity(tx, organisationOf(ctx.actor), capacity_id))
    return answerForm(c, {
      schema: z.object({ above_agreed: z.boolean() }),
      kinds: { above_agreed: 'boolean' },
      act: async ({ above_agreed }) => {
        await removeCapacity(ctx, capacity_id, c.get('places_freed'), above_agreed)
        return `/offers/${offer_id}/capacity?done=capacity_removed`
      },
      // What is refused belongs to the period that was to go, not to the form of a new one.
      page: ({ errors }) =>
        capacityForm(
          c,
          offer_id,
          { ...capacityState(null, ctx.clock.today()), errors: errors.map(({ message }) => ({ path: '', message })) },
          (rows) => rows.filter(({ id }) => id !== capacity_id),
          capacity_id,
        ),
    })
  })
}

/**
 * @param after the periods as they were to be, where a cut was refused: who would be above it is then shown
 * @param removing the period that was to be removed
 */
async function capacityForm(
  c: C,
  offer_id: string,
  state: FormState,
  after: (rows: CapacityRow[]) => PlacesHeld[] | null = () => null,
  removing: string | null = null,
) {
  const { offer, capacities, above } = await transact(c.get('ctx'), async (tx) => {
    const offer = await ownOffer(c, tx, offer_id)
    const capacities = await capacitiesOf(tx, offer.seller_id, offer.id)
    return { offer, capacities, above: await staysAboveCut(tx, offer, capacities, after(capacities), state, removing) }
  })
  return (
    <CapacityPage
      view={viewFor(c)}
      offer={offer}
      capacities={capacities}
      state={state}
      above={above}
      removing={removing}
    />
  )
}

async function editCapacityForm(
  c: C,
  capacity_id: string,
  state: FormState | null,
  asked: CapacityInput | null = null,
) {
  const ctx = c.get('ctx')
  const { offer, capacity, above } = await transact(ctx, async (tx) => {
    const capacity = await getCapacity(tx, organisationOf(ctx.actor), capacity_id)
    const offer = await ownOffer(c, tx, capacity.offer_id)
    const before = await capacitiesOf(tx, offer.seller_id, offer.id)
    const after = asked && withPeriod(before, asked, offer.id, capacity_id)
    return { offer, capacity, above: await staysAboveCut(tx, offer, before, after, state, null) }
  })
  return (
    <EditCapacityPage
      view={viewFor(c)}
      offer={offer}
      capacity={capacity}
      state={state ?? capacityState(capacity, ctx.clock.today())}
      above={above}
    />
  )
}

/** Who would be above a capacity whose cut was refused for it; nobody where it was refused for something else. */
async function staysAboveCut(
  tx: Tx,
  offer: NamedOffer,
  before: CapacityRow[],
  after: PlacesHeld[] | null,
  state: FormState | null,
  removing: string | null,
): Promise<StayAbove[]> {
  const refused = removing !== null || (state?.errors.some(({ path }) => path === 'above_agreed') ?? false)
  if (after === null || !refused) return []
  if ((await daysOfTooManyParts(tx, offer.seller_id, after, before)).length > 0) return []
  return staysAbove(tx, offer.seller_id, before, after)
}
