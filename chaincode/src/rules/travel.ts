/** Whether goods could have moved between two scans. */

export interface Place {
  /** WGS 84, millionths of a degree. */
  readonly latitudeE6: number;
  readonly longitudeE6: number;
}

const earthRadiusKm = 6371;
const fastestKmPerHour = 900;
const shortestKm = 50;

/** Great-circle distance, kilometres (haversine). */
export function distanceKm(a: Place, b: Place): number {
  const radians = (e6: number): number => (e6 / 1e6) * (Math.PI / 180);
  const latitude = radians(b.latitudeE6 - a.latitudeE6);
  const longitude = radians(b.longitudeE6 - a.longitudeE6);
  const h =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(radians(a.latitudeE6)) * Math.cos(radians(b.latitudeE6)) * Math.sin(longitude / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** More than 900 km/h over more than 50 km. @param elapsedMs may be 0 or negative */
export function isImpossibleTravel(from: Place, to: Place, elapsedMs: number): boolean {
  const distance = distanceKm(from, to);
  return distance > shortestKm && distance > (fastestKmPerHour * Math.max(0, elapsedMs)) / 3_600_000;
}
