/** A map drawn on the server: where things are, without anybody else's tiles. North is up; distances are true to a few per cent. */
import { More } from './blocks.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { Table } from './table.tsx'
import { useView } from './view-context.tsx'

export type MapPlace = {
  name: string
  latitude: number
  longitude: number
  /** how much is there: the size of the dot */
  count: number
  /** drawn full; the others are hollow */
  strong: boolean
  href: string
}

type PlaceMapProps = {
  /** unique on the page */
  id: string
  title: string
  /** what a reader should see in it, in a sentence */
  description: string
  places: MapPlace[]
  /** where the reader looks from: a ring */
  home?: { name: string; latitude: number; longitude: number } | undefined
  /** the list below: a heading for the places and one for the counts */
  headings: { place: string; count: string }
  /** what the dots say */
  label: (place: MapPlace) => string
}

/** The outline of Latvia, longitude and latitude, coarse: it shows where one is, not where a border runs. */
const outline: readonly [number, number][] = [
  [20.97, 56.2],
  [20.98, 56.52],
  [21.07, 56.83],
  [21.37, 57.01],
  [21.42, 57.29],
  [21.7, 57.57],
  [22.2, 57.66],
  [22.6, 57.76],
  [22.58, 57.63],
  [22.9, 57.45],
  [23.13, 57.36],
  [23.26, 57.1],
  [23.58, 56.98],
  [23.99, 57.04],
  [24.27, 57.2],
  [24.4, 57.27],
  [24.3, 57.52],
  [24.36, 57.87],
  [24.72, 57.95],
  [25.05, 58.07],
  [25.3, 58.03],
  [25.6, 57.92],
  [26.02, 57.84],
  [26.07, 57.73],
  [26.52, 57.53],
  [26.9, 57.63],
  [27.35, 57.54],
  [27.55, 57.43],
  [27.83, 57.3],
  [27.7, 57.1],
  [27.75, 56.95],
  [27.66, 56.83],
  [27.9, 56.83],
  [28.02, 56.6],
  [28.15, 56.53],
  [28.11, 56.4],
  [28.23, 56.27],
  [28.15, 56.15],
  [27.64, 55.92],
  [27.6, 55.78],
  [27.17, 55.83],
  [26.63, 55.68],
  [26.53, 55.69],
  [26.28, 55.76],
  [26.05, 55.95],
  [25.66, 56.14],
  [25.1, 56.18],
  [24.9, 56.42],
  [24.55, 56.28],
  [24.15, 56.25],
  [23.7, 56.36],
  [23.1, 56.31],
  [22.6, 56.38],
  [22.07, 56.42],
  [21.58, 56.3],
  [21.2, 56.08],
  [21.05, 56.07],
]
const width = 760
const margin = 24
/** for each unit of height */
const leastWidth = 1.5
/** A degree of longitude is shorter than one of latitude by the cosine of the latitude. */
const cosine = Math.cos((56.9 * Math.PI) / 180)

export function PlaceMap({ id, title, description, places, home, headings, label }: PlaceMapProps) {
  const { t } = useView()
  const shown = [
    ...places.map(({ longitude, latitude }) => [longitude, latitude] as const),
    ...(home ? [[home.longitude, home.latitude] as const] : []),
  ]
  const frame = frameOf(shown)
  const scale = (width - 2 * margin) / ((frame.east - frame.west) * cosine)
  const height = Math.round((frame.north - frame.south) * scale + 2 * margin)
  const x = (longitude: number) => Math.round((longitude - frame.west) * cosine * scale + margin)
  const y = (latitude: number) => Math.round((frame.north - latitude) * scale + margin)
  const most = Math.max(1, ...places.map(({ count }) => count))
  const named = labelled(places, x, y)
  return (
    <figure class="chart">
      <figcaption class="chart-title">{title}</figcaption>
      <ScrollRegion kind="chart-region" label={title}>
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}-title ${id}-desc`} class="map">
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>{description}</desc>
          <polygon class="map-land" points={outline.map(([east, north]) => `${x(east)},${y(north)}`).join(' ')} />
          {home && (
            <circle class="map-home" cx={x(home.longitude)} cy={y(home.latitude)} r="20">
              <title>{home.name}</title>
            </circle>
          )}
          {home && !places.some(({ name }) => name === home.name) && (
            <text class="map-name" x={x(home.longitude) + 26} y={y(home.latitude) + 5}>
              {home.name}
            </text>
          )}
          {places.map((place) => (
            <circle
              class={place.strong ? 'map-dot' : 'map-dot map-dot-hollow'}
              cx={x(place.longitude)}
              cy={y(place.latitude)}
              r={Math.round(6 + 8 * Math.sqrt(place.count / most))}
            >
              <title>{label(place)}</title>
            </circle>
          ))}
          {named.map((place) => (
            <text class="map-name" x={x(place.longitude) + 16} y={y(place.latitude) + 5}>
              {place.name}
            </text>
          ))}
        </svg>
      </ScrollRegion>
      <More label={t('chart.as_table')}>
        <Table
          id={`${id}-places`}
          caption={t('chart.as_table')}
          captionHidden
          rows={places}
          columns={[
            { header: headings.place, names: true, cell: (place) => <a href={place.href}>{place.name}</a> },
            { header: headings.count, cell: (place) => label(place) },
          ]}
        />
      </More>
    </figure>
  )
}

/** What is to be seen with room around it, wider than it is tall. */
function frameOf(points: readonly (readonly [number, number])[]) {
  const around = points.length === 0 ? outline : points
  const room = 0.35
  const span = (values: number[]) => ({ least: Math.min(...values), most: Math.max(...values) })
  const longitude = span(around.map(([east]) => east))
  const latitude = span(around.map(([, north]) => north))
  const tall = latitude.most - latitude.least + room
  const broad = Math.max(longitude.most - longitude.least + 2 * room, (tall * leastWidth) / cosine)
  const middle = (longitude.least + longitude.most) / 2
  return {
    west: middle - broad / 2,
    east: middle + broad / 2,
    south: latitude.least - room / 2,
    north: latitude.most + room / 2,
  }
}

/** The larger places are named first; a name that would stand on another's is left to the dot and the list. */
function labelled(places: readonly MapPlace[], x: (east: number) => number, y: (north: number) => number): MapPlace[] {
  const taken: { x: number; y: number; width: number }[] = []
  return places
    .toSorted((a, b) => b.count - a.count)
    .filter((place) => {
      const at = { x: x(place.longitude), y: y(place.latitude), width: 26 + place.name.length * 8 }
      const free = taken.every(
        (other) => Math.abs(other.y - at.y) > 18 || at.x > other.x + other.width || other.x > at.x + at.width,
      )
      if (free) taken.push(at)
      return free
    })
}
