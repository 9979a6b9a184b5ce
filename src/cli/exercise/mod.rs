//! The exercise: the sections that students write, the functions to write in each, and the files that `handout` and
//! `grade` need.

pub(crate) mod handout;
pub(crate) mod rust_source;
pub(crate) mod sources;

/// A section that students write.
pub(crate) struct Section {
    /// The name of its module and of its checks.
    pub(crate) name: &'static str,
    /// The title on the slides.
    pub(crate) title: &'static str,
    /// Its points out of 100.
    pub(crate) points: u32,
    /// The functions whose bodies the student writes: the name, and the message of its `todo!`.
    pub(crate) asked: &'static [(&'static str, &'static str)],
    /// Code that would reveal the answer, or that is useless without the answer.
    removed: &'static [Removed],
}

/// A piece of a section's source that is not handed out.
enum Removed {
    /// The field of this name. The student finds out what to keep between forward and backward.
    Field(&'static str),
    /// The function of this name, which only the answers call.
    Function(&'static str),
    /// This text.
    Text(&'static str),
}

impl Section {
    /// The path of its source.
    pub(crate) fn path(&self) -> String {
        format!("src/{}.rs", self.name)
    }

    /// The path of its checks.
    pub(crate) fn checks_path(&self) -> String {
        format!("tests/exercise/{}.rs", self.name)
    }
}

/// All sections, in the order of the exercise. Their points sum to 100.
pub(crate) const SECTIONS: [Section; 6] = [
    Section {
        name: "sgd",
        title: "Basic Optimization (SGD)",
        points: 5,
        asked: &[("update", "SGD, update: w − η ∇L(w)")],
        removed: &[],
    },
    Section {
        name: "fully_connected",
        title: "Fully Connected Layer",
        points: 45,
        asked: &[
            ("new", "fully connected layer, new: all weights uniformly random in [0, 1)"),
            ("predict", "fully connected layer, predict: Eq. 9"),
            ("forward", "fully connected layer, forward: Eq. 9"),
            ("backward", "fully connected layer, backward: Eq. 10 and 11"),
        ],
        removed: &[
            Removed::Field("input"),
            Removed::Text(", input: None"),
            Removed::Function("extended"),
            Removed::Function("backward_weights"),
        ],
    },
    Section {
        name: "relu",
        title: "ReLU Activation Function",
        points: 5,
        asked: &[
            ("predict", "ReLU, predict: max(0, x)"),
            ("forward", "ReLU, forward: max(0, x)"),
            ("backward", "ReLU, backward: Eq. 12"),
        ],
        removed: &[Removed::Field("input"), Removed::Function("relu")],
    },
    Section {
        name: "softmax",
        title: "SoftMax Activation Function",
        points: 10,
        asked: &[
            ("predict", "SoftMax, predict: Eq. 13"),
            ("forward", "SoftMax, forward: Eq. 13"),
            ("backward", "SoftMax, backward: Eq. 14"),
        ],
        removed: &[Removed::Field("output")],
    },
    Section {
        name: "cross_entropy",
        title: "Cross Entropy Loss",
        points: 10,
        asked: &[
            ("evaluate", "cross entropy loss, evaluate: Eq. 15"),
            ("forward", "cross entropy loss, forward: Eq. 15"),
            ("backward", "cross entropy loss, backward: Eq. 16"),
        ],
        removed: &[Removed::Field("prediction"), Removed::Function("labelled_class")],
    },
    Section {
        name: "network",
        title: "Neural Network",
        points: 25,
        asked: &[
            (
                "append_layer",
                "neural network, append_layer: add the layer; one with parameters gets a copy of the optimizer",
            ),
            ("forward", "neural network, forward: pass the next batch through all layers, return its loss"),
            ("backward", "neural network, backward: pass the error of the loss through all layers, last to first"),
            ("train", "neural network, train: forward, record the loss, backward in each iteration"),
            ("predict", "neural network, predict: the output of the last layer"),
        ],
        removed: &[Removed::Field("label"), Removed::Text("            label: None,\n")],
    },
];
