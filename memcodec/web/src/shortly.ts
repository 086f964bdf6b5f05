/** What the script that every visitor loads has often, as names of its own, which are shortened: the bundler puts them in. */

export const { floor: floored, max: largest, min: smallest } = Math;
