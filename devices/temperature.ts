/** Boltzmann's constant in electronvolt per kelvin, which is also k/q in volt per kelvin (CODATA 2018). */
export const BOLTZMANN = 8.617333262e-5;

/** Temperature at which device parameters are stated, 27 degC [K]. */
export const REFERENCE_TEMPERATURE = 300.15;
