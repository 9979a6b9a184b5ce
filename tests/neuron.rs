//! Tests of one neuron: y = f(Σᵢ wᵢ xᵢ).

use feedforward::neuron::Neuron;
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix};

#[test]
fn the_output_of_a_neuron_agrees_with_values_worked_by_hand() {
    let neuron = Neuron { weights: vec![1.0, 2.0, 3.0], activation: |x| x };
    assert_eq!(neuron.output(&[4.0, 5.0, 6.0]), 32.0);
    assert_eq!(Neuron { activation: |x| x * x, ..neuron }.output(&[4.0, 5.0, 6.0]), 1024.0);
}

#[test]
fn the_activation_is_applied_to_the_sum_and_not_to_its_terms() {
    let neuron = Neuron { weights: vec![1.0, 1.0], activation: |x| x.max(0.0) };
    assert_eq!(neuron.output(&[3.0, -2.0]), 1.0); // applied to the terms, it would give 3
    assert_eq!(neuron.output(&[-3.0, 2.0]), 0.0);
}

#[test]
fn a_fully_connected_layer_with_one_output_is_a_neuron() {
    let random = &mut Random::new(4);
    for inputs in [1, 2, 5, 17] {
        let layer = FullyConnected::new(inputs, 1, random);
        let weights = &layer.parameters.weights;
        // The last weight is the bias. Its input is always 1.
        let neuron = Neuron { weights: weights.as_slice().to_vec(), activation: |x| x };
        let x: Vec<f64> = (0..inputs).map(|_| random.normal()).collect();
        let with_one: Vec<f64> = x.iter().copied().chain([1.0]).collect();
        let (y, expected) = (layer.predict(Matrix::from_rows([x])), neuron.output(&with_one));
        assert!((y[(0, 0)] - expected).abs() < 1e-14 * (inputs as f64 + 1.0), "{y} {expected}");
    }
}

#[test]
#[should_panic(expected = "Neuron::output: 3 inputs for 2 weights")]
fn a_wrong_number_of_inputs_is_refused() {
    let _ = Neuron { weights: vec![1.0, 2.0], activation: |x| x }.output(&[1.0, 2.0, 3.0]);
}
